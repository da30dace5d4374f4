"""When an alarm is logged: once, and not for something that a start has not reached yet."""

import json
import logging
import re
import shutil
import time
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from bridge.health import HealthServer
from bridge.keeping.last import NAME, last_backup
from bridge.spool.capacity import Capacity
from bridge.spool.spool import Spool


async def test_an_alarm_is_logged_once_it_has_held_at_two_looks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    wrong = ["never reached yet"]
    watch = HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list, lambda: "".join(wrong))

    async def looked() -> tuple[list[str], list[str]]:
        caplog.clear()
        await watch.look()
        return watch.alarms, caplog.messages

    with caplog.at_level(logging.ERROR):
        assert await looked() == (["receiver not reached"], [])  # whoever asks is told at once
        assert await looked() == (
            ["receiver not reached"],
            ["alarm: receiver not reached: never reached yet"],
        )
        assert await looked() == (["receiver not reached"], [])
        wrong.clear()
        assert await looked() == ([], [])
        wrong.append("again")
        assert (await looked())[1] == []
        assert (await looked())[1] == ["alarm: receiver not reached: again"]


async def test_a_spool_that_is_gone_is_an_alarm_with_its_cause_on_every_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    watch = HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list)
    await watch.look()
    shutil.rmtree(spool.root)
    why = f"{spool.root}/tmp is not there"
    with caplog.at_level(logging.ERROR):
        await watch.look()
        await watch.look()
    assert caplog.messages == [f"alarm: no room: {why}"]
    asked = make_mocked_request("GET", "/")
    health, ready = await watch.healthz(asked), await watch.readyz(asked)
    assert (health.status, ready.status) == (200, 503)
    assert isinstance(health.body, bytes)
    said = json.loads(health.body)
    assert (said["alarms"], said["spool"]) == (["no room"], why)
    numbers = await watch.metrics(asked)
    assert isinstance(numbers.body, bytes)
    assert b'bridge_alarm{reason="no room"} 1.0' in numbers.body
    assert watch.state()[1] == ["no room", why]
    spool.prepare()
    await watch.look()
    assert (watch.alarms, (await watch.readyz(asked)).status) == ([], 200)


async def test_a_certificate_that_ends_is_told_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    watch = HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list)
    wrong = ["SMTP_TLS_CERT: cert.pem expires on 2026-12-01"]
    watch.of_certificate = lambda: "".join(wrong)
    with caplog.at_level(logging.ERROR):
        await watch.look()
        await watch.look()
    assert caplog.messages == [f"alarm: certificate expires: {wrong[0]}"]
    health = (await watch.healthz(make_mocked_request("GET", "/"))).body
    assert isinstance(health, bytes)
    assert json.loads(health)["certificate"] == wrong[0]
    assert watch.state()[1] == ["certificate expires", wrong[0]]
    wrong.clear()
    await watch.look()
    assert watch.alarms == []


async def test_a_backup_that_is_old_is_an_alarm_and_one_that_never_was_is_none(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    watch = HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list)
    watch.backed_up = lambda: last_backup(tmp_path)
    hour = 3600
    old = ["backup is old"]
    for age, alarms in [(None, []), (1, []), (25, []), (27, old), (-5, old)]:
        when = time.time() - age * hour if age is not None else 0.0
        if age is not None:
            (tmp_path / NAME).write_text(json.dumps({"when": when}))
        await watch.look()
        assert watch.alarms == alarms, age
        said = (await watch.metrics(make_mocked_request("GET", "/"))).body
        assert isinstance(said, bytes)
        [told] = re.findall(rb"^bridge_last_backup_timestamp_seconds (\S+)$", said, re.MULTILINE)
        assert float(told) == pytest.approx(when)
    for torn in ("", "{}", "[]", '{"when": null}', "{"):
        (tmp_path / NAME).write_text(torn)
        await watch.look()
        assert watch.alarms == [], torn
