"""A new webhook secret, step by step, while letters flow; no step loses one or needs a restart."""

import re
import subprocess
from pathlib import Path

from contract.signature import new_secret, parse_keys
from tests import servers
from tests.letters import letter
from tests.smtp_client import send
from tests.whole.conftest import Whole


def test_the_command_of_the_page_makes_a_secret() -> None:
    page = (servers.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^    (echo .*)$", page, re.MULTILINE)
    made = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert len(parse_keys(made.stdout)) == 1


def test_a_secret_is_rotated_without_a_restart(whole: Whole, tmp_path: Path) -> None:
    old, new = new_secret(), new_secret()
    ours, theirs = tmp_path / "bridge.secret", tmp_path / "receiver.secret"
    for side, path in ((whole.bridge, ours), (whole.receiver, theirs)):
        side.kill()
        path.write_text(old)
        side.env = {**side.env, "WEBHOOK_SECRETS": "", "WEBHOOK_SECRETS_FILE": str(path)}
        side.start()
    steps = [(theirs, f"{old} {new}"), (ours, f"{new} {old}"), (theirs, new), (ours, new)]
    for number, (path, secrets) in enumerate(steps):
        replaced = path.with_suffix(".draft")
        replaced.write_text(secrets)
        replaced.replace(path)
        assert send(whole.smtp_port, [letter(f"{number}@a.ru")]) == 1
        whole.wait_until_delivered()
    assert len(whole.messages()) == len(steps)
    ours.write_text(old)  # what is signed with the old one alone is no longer taken
    send(whole.smtp_port, [letter("late@a.ru")])
    servers.wait_until(lambda: "401" in whole.bridge.log.read_text())
    assert len(whole.messages()) == len(steps)
    for log in (whole.bridge.log.read_text(), whole.receiver.log.read_text()):
        for secret in (old, new):
            assert secret.removeprefix("whsec_") not in log
