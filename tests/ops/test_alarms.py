"""Alarms for Prometheus, dashboard for Grafana: valid, in time, about metrics that are there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from bridge import metrics as bridge_metrics
from receiver import metrics as receiver_metrics
from tests.servers import ROOT

FOLDER = ROOT / "ops" / "prometheus"
RULES = (FOLDER / "alarms.yml").read_text(encoding="utf-8")
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
    """A label that is not there is no mistake to Prometheus: it groups by nothing."""
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
