"""Alarms for Prometheus, dashboard for Grafana: valid, in time, about metrics that are there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from bridge import metrics as bridge_metrics
from receiver import metrics as receiver_metrics
from tests.servers import ROOT

FOLDER = ROOT / "ops" / "prometheus"
RULES = (FOLDER / "alarms.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
PROMTOOL = shutil.which("promtool")


def exported() -> set[str]:
    """Return the name of every metric and of its samples."""
    text = (bridge_metrics.text() + receiver_metrics.text()).decode()
    families = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)
    names = {name for name, _ in families}
    return names | {f"{name}_bucket" for name, kind in families if kind == "histogram"}


def test_every_metric_of_an_alarm_is_there() -> None:
    used = set(re.findall(r"\b((?:bridge|receiver)_\w+)", RULES))
    assert len(used) > 6
    assert used - exported() == set()


def test_every_metric_of_the_dashboard_is_there() -> None:
    dashboard = json.loads((ROOT / "ops" / "grafana" / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    used = set(re.findall(r"\b((?:bridge|receiver)_\w+)", " ".join(asked)))
    assert len(used) > 12
    assert used - exported() == set()
    assert all(re.search(r"\b(?:bridge|receiver)_\w+", each) for each in asked)
    hooks = {each for each in exported() if each.startswith("receiver_hook")}
    assert {re.sub("_created$", "_total", each) for each in hooks} <= used
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_dashboard_asks_by_labels_that_its_metrics_have() -> None:
    """Prometheus does not report an unknown label; it just groups by nothing."""
    labels: dict[str, set[str]] = {}
    for module in (bridge_metrics, receiver_metrics):
        for metric in vars(module).values():
            if isinstance(metric, MetricWrapperBase):
                [family] = {each.name for each in metric.describe()}
                labels[family] = {*metric._labelnames, "le", "instance"}
    dashboard = json.loads((ROOT / "ops" / "grafana" / "dashboard.json").read_text("utf-8"))
    for target in (target for panel in dashboard["panels"] for target in panel["targets"]):
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])
        asked = set(re.findall(r"\w+", " ".join(grouped)))
        asked |= set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        [name] = set(re.findall(r"\b((?:bridge|receiver)_\w+)", target["expr"]))
        family = re.sub("_(bucket|total)$", "", name)
        assert asked <= labels[family], target


def test_the_dashboard_shows_the_prometheus_that_compose_starts() -> None:
    """It uses a variable, which is also set by provisioning; ``__inputs`` only work on import."""
    text = (ROOT / "ops" / "grafana" / "dashboard.json").read_text("utf-8")
    dashboard = json.loads(text)
    assert [key for key in dashboard if key.startswith("__")] == []
    [variable] = dashboard["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    places = dashboard["panels"] + [one for each in dashboard["panels"] for one in each["targets"]]
    uids = {each["datasource"]["uid"] for each in places}
    assert uids == {"${" + variable["name"] + "}"} == set(re.findall(r"\$\{\w+\}", text))

    [source] = provisioned("datasources/prometheus.yml")["datasources"]
    assert (source["type"], source["isDefault"], source["uid"]) == (
        "prometheus",
        True,
        "prometheus",
    )
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in COMPOSE["services"]
    mounts = dict(each.split(":")[:2] for each in COMPOSE["services"]["grafana"]["volumes"])
    assert mounts["./ops/grafana/provisioning"] == "/etc/grafana/provisioning"
    [provider] = provisioned("dashboards/dashboards.yml")["providers"]
    folder = provider["options"]["path"]
    assert mounts["./ops/grafana/dashboard.json"] == f"{folder}/dashboard.json"


def provisioned(name: str) -> dict[str, Any]:
    """Return a file that Grafana reads at its start."""
    text = (ROOT / "ops" / "grafana" / "provisioning" / name).read_text("utf-8")
    return dict(yaml.safe_load(text))


def test_every_service_that_has_metrics_is_scraped() -> None:
    """A service of a profile may be absent: it is found by DNS, and its absence is no alarm."""
    scraped: dict[str, set[str]] = {"static": set(), "dns": set()}
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    for job in jobs:
        for each in job["static_configs"]:
            scraped["static"] |= {*each["targets"]}
        for each in job.get("dns_sd_configs", ()):
            assert each["type"] == "A"
            # With its dot a name is whole: no imap.example.ru of the host's own domain is meant.
            scraped["dns"] |= {f"{name.removesuffix('.')}:{each['port']}" for name in each["names"]}
            assert all(name.endswith(".") for name in each["names"])
    has: dict[str, set[str]] = {"static": set(), "dns": set()}
    for name, service in COMPOSE["services"].items():
        environment = service.get("environment", {})
        if port := environment.get("HEALTH_PORT") or environment.get("RECEIVER_PORT"):
            has["dns" if "profiles" in service else "static"].add(f"{name}:{port}")
    assert scraped == has
    assert len(has["dns"]) == 1
    assert {job["job_name"] for job in jobs} == {"bridge", "receiver"}  # as the alarms expect


@pytest.mark.skipif(not PROMTOOL, reason="there is no promtool here (Debian: prometheus)")
def test_prometheus_understands_each_question_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads((ROOT / "ops" / "grafana" / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = [{"record": f"question_{number}", "expr": each} for number, each in enumerate(asked)]
    file = tmp_path / "questions.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    words = [str(PROMTOOL), "check", "rules", str(file)]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_every_alarm_says_what_to_do() -> None:
    alarms = re.findall(r"- alert: (\w+)", RULES)
    assert len(alarms) == len(re.findall(r"^          do: ", RULES, re.MULTILINE))
    for name in ("operations.md", "operations.ru.md", "reliability.md", "reliability.ru.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert [each for each in alarms if f"| `{each}` | " not in text] == [], name


def test_of_every_alarm_a_test_shows_when_it_fires() -> None:
    shown = yaml.safe_load((FOLDER / "alarms_test.yml").read_text("utf-8"))["tests"]
    looks = [each for test in shown for each in test["alert_rule_test"]]
    fired = {each["alertname"] for each in looks if each["exp_alerts"]}
    assert fired == set(re.findall(r"- alert: (\w+)", RULES))


@pytest.mark.skipif(not PROMTOOL, reason="there is no promtool here (Debian: prometheus)")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "alarms.yml"),
        ("test", "rules", "alarms_test.yml"),
        ("check", "config", "prometheus.yml"),
    ],
)
def test_promtool_takes_them(words: tuple[str, ...]) -> None:
    done = subprocess.run([str(PROMTOOL), *words], cwd=FOLDER, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
