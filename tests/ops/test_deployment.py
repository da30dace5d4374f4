"""ops/kubernetes and ops/systemd: valid, hardened, and about settings that are there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bridge.settings import BridgeSettings
from receiver.settings import ReceiverSettings
from tests.servers import ROOT

KUBERNETES = ROOT / "ops" / "kubernetes"
SYSTEMD = ROOT / "ops" / "systemd"
KUBECTL = shutil.which("kubectl")
ANALYZE = shutil.which("systemd-analyze")
SETTINGS = {*BridgeSettings.names(), *ReceiverSettings.names()}
FILES = [each for each in sorted(KUBERNETES.glob("*.yaml")) if each.stem != "kustomization"]
UNITS = sorted(SYSTEMD.iterdir())


def documents() -> list[dict[str, Any]]:
    return [each for path in FILES for each in yaml.safe_load_all(path.read_text("utf-8"))]


def pods() -> list[dict[str, Any]]:
    templates = (each.get("spec", {}).get("template") for each in documents())
    return [each["spec"] for each in templates if each]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_manifest_is_valid(path: Path) -> None:
    for each in yaml.safe_load_all(path.read_text("utf-8")):
        kubernetes_validate.validate(each, "1.37", strict=True)


def test_every_manifest_is_applied() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))
    assert sorted(listed["resources"]) == [each.name for each in FILES]


@pytest.mark.skipif(not KUBECTL, reason="there is no kubectl here")
def test_kustomize_builds_it() -> None:
    words = [str(KUBECTL), "kustomize", str(KUBERNETES)]
    built = subprocess.run(words, capture_output=True, check=True, timeout=60).stdout
    found = list(yaml.safe_load_all(built))
    assert len(found) == len(documents()) + 1  # the settings
    for each in found:
        kubernetes_validate.validate(each, "1.37", strict=True)
    assert "image: registry.example/email-listener:" in built.decode()


def test_each_pod_is_hardened_and_bounded() -> None:
    assert len(pods()) == 2
    for pod in pods():
        # A service called receiver would set RECEIVER_PORT, which is a setting of ours.
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            probes = {
                name: container[name]["httpGet"]["path"] for name in container if "Pr" in name
            }
            assert probes == {
                "startupProbe": "/healthz",
                "livenessProbe": "/healthz",
                "readinessProbe": "/readyz",
            }


def test_manifests_name_settings_that_are_there() -> None:
    named = {each["name"] for pod in pods() for one in pod["containers"] for each in one["env"]}
    [config] = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))[
        "configMapGenerator"
    ]
    named |= {each.partition("=")[0] for each in config["literals"]}
    assert named - SETTINGS == set()


def test_the_spool_is_a_volume_that_stays() -> None:
    [bridge] = [each for each in documents() if each["kind"] == "StatefulSet"]
    [claim] = bridge["spec"]["volumeClaimTemplates"]
    [container] = bridge["spec"]["template"]["spec"]["containers"]
    mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    [data] = [each["value"] for each in container["env"] if each["name"] == "DATA_DIR"]
    assert mounts[claim["metadata"]["name"]] == data
    assert bridge["spec"]["replicas"] == 1


@pytest.mark.skipif(not ANALYZE, reason="there is no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8")
        text = text.replace("/opt/email-listener/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)
    words = [str(ANALYZE), "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "email-listener" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened_and_names_settings_that_are_there(unit: Path) -> None:
    text = unit.read_text("utf-8")
    for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE):
        assert {each.partition("=")[0] for each in line.split()} - SETTINGS == set()
    if unit.suffix == ".service":
        for word in (
            "DynamicUser=yes",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "PrivateDevices=yes",
        ):
            assert f"\n{word}\n" in text
        # A path that is not there keeps a unit from starting: it writes where systemd makes room.
        assert "ReadWritePaths=" not in text
        [states] = re.findall(r"^StateDirectory=(.*)$", text, re.MULTILINE)
        assert all(f"%S/{state}" in text for state in states.split())


def test_the_bridge_and_its_backup_are_one_user_who_reads_one_directory() -> None:
    """systemd names a dynamic user after the unit, unless the unit says otherwise."""
    bridge, backup = (
        (SYSTEMD / f"email-listener-bridge{name}.service").read_text("utf-8")
        for name in ("", "-backup")
    )
    assert "\nUser=" not in bridge
    assert "\nUser=email-listener-bridge\n" in backup
    [own] = re.findall(r"^Environment=(.*)$", bridge, re.MULTILINE)
    assert f"\nEnvironment={own}\n" in backup


def test_the_page_names_the_files_of_the_units() -> None:
    """Commands by hand use the unit's settings, from the files that systemd reads."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    [line] = re.findall(r"^`(ENV_FILE=\S+ .*) \S+/python -m receiver doctor`", page, re.MULTILINE)
    for side in ("receiver", "bridge"):
        named = dict(each.split("=") for each in line.replace("receiver", side).split())
        unit = (SYSTEMD / f"email-listener-{side}.service").read_text("utf-8")
        assert f"\nEnvironmentFile={named.pop('ENV_FILE')}\n" in unit
        assert f"\nLoadCredential=webhook:{named.pop('WEBHOOK_SECRETS_FILE')}\n" in unit
        directory = named.pop("DATA_DIR").removeprefix("/var/lib/")
        assert f"\nStateDirectory={directory}\n" in unit
        assert named == {}


def test_the_secret_of_the_page_is_what_pods_read() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    [line] = re.findall(r"^    kubectl .* create secret generic (.*)$", page, re.MULTILINE)
    name, *literals = line.split()
    keys = {each.removeprefix("--from-literal=").partition("=")[0] for each in literals}
    containers = [one for pod in pods() for one in pod["containers"]]
    named = [
        each["valueFrom"]["secretKeyRef"]
        for one in containers
        for each in one["env"]
        if "secretKeyRef" in each.get("valueFrom", {})
    ]
    assert {each["name"] for each in named} == {name}
    assert {each["key"] for each in named} == keys
