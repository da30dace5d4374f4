"""A canary goes all the way and is not stored as a letter; a letter that looks like one is."""

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from contract.canary import FIELD, OLDEST_SECONDS, mark
from contract.signature import parse_keys
from tests import servers
from tests.letters import letter
from tests.smtp_client import send
from tests.whole.conftest import Whole

MAILBOX = "support@yandex.ru"


def canary(whole: Whole, *words: str, **settings: str) -> tuple[int, str, str]:
    env = os.environ | whole.bridge.env | settings
    done = servers.run("bridge", "canary", *words, env=env)
    return done.returncode, done.stdout, done.stderr


def test_it_tells_the_seconds_of_each_step_and_leaves_no_letter(whole: Whole) -> None:
    status, output, complaints = canary(whole, "--json")
    assert status == 0, complaints
    said = json.loads(output)
    steps = [said[name] for name in ("smtp", "bridge", "receiver")]
    assert abs(sum(steps) - said["all"]) < 0.01
    whole.wait_until_delivered()
    assert (whole.letters(), whole.dialogs()) == ([], [])
    [noted] = whole.client[whole.database].canaries.find()
    assert noted["_id"] == said["name"]


MAILBOXES = {
    "dom@yandex.ru": ["bridge.example.ru"],
    "at@yandex.ru": ["@at.example.ru"],
    "both@yandex.ru": ["@first.example.ru", "in-1@second.example.ru"],
    "idn@почта.рф": ["idn@почта.рф"],
    "поддержка@yandex.ru": ["поддержка@yandex.ru"],
    "кто@почта.рф": ["пересылка.рф"],
}


def listens_on_any(port: str) -> bool:
    with suppress(OSError), socket.create_connection(("::1", int(port)), 1):
        return True
    return False


def test_it_goes_by_whatever_a_letter_for_the_mailbox_would_go_by(
    whole: Whole, tmp_path: Path
) -> None:
    settings = {"MAILBOXES": json.dumps(MAILBOXES), "SMTP_HOST": "::", "HEALTH_PORT": "0"}
    settings["SMTP_PORT"] = str(servers.free_port())
    bridge = servers.bridge(tmp_path, whole.receiver.env["RECEIVER_PORT"], **settings)
    bridge.ready = lambda: listens_on_any(settings["SMTP_PORT"])
    with servers.running(bridge):
        status, output, complaints = canary(whole, "--json", **bridge.env)
        assert (status, complaints) == (0, "")
    assert [json.loads(line)["mailbox"] for line in output.splitlines()] == [*MAILBOXES]
    assert whole.letters() == []
    noted = whole.client[whole.database].canaries.distinct("mailbox")
    assert sorted(noted) == sorted(MAILBOXES)


def test_one_that_the_door_refuses_is_told_and_the_others_go(whole: Whole) -> None:
    mailboxes = {"nobody@yandex.ru": ["нет@почта.рф"], MAILBOX: [MAILBOX]}
    status, output, complaints = canary(whole, MAILBOXES=json.dumps(mailboxes))
    assert (status, complaints.count("\n"), "550 " in complaints) == (1, 1, True)
    assert f"{MAILBOX}: arrived" in output


def test_a_mark_that_is_not_ours_or_old_is_a_letter(whole: Whole) -> None:
    [ours] = parse_keys(servers.SECRET)
    [theirs] = parse_keys("whsec_" + "A" * 43 + "=")
    now = int(time.time())
    marks = [
        mark([theirs], MAILBOX, "a" * 32, now),
        mark([ours], MAILBOX, "b" * 32, now - OLDEST_SECONDS - 60),
        mark([ours], "sales@yandex.ru", "c" * 32, now),
    ]
    letters = [
        f"{FIELD}: {each}\r\n".encode() + letter(f"{number}@example.ru", subject=str(number))
        for number, each in enumerate(marks)
    ]
    genuine = f"{FIELD}: {mark([ours], MAILBOX, 'd' * 32, now)}\r\n".encode()
    assert send(whole.smtp_port, [*letters, genuine + letter("9@example.ru")]) == 4
    whole.wait_until_delivered()
    assert sorted(each["message"]["subject"] for each in whole.letters()) == ["0", "1", "2"]


def test_one_that_waits_while_the_secret_is_replaced_is_no_letter(
    whole: Whole, tmp_path: Path
) -> None:
    """The old secret is taken out at once, as after a leak: at the receiver first."""
    new = "whsec_" + "A" * 43 + "="
    files = [tmp_path / "receiver", tmp_path / "bridge"]
    for each in files:
        each.write_text(servers.SECRET)
    (tmp_path / "spool").mkdir()
    receiver = servers.receiver(tmp_path, whole.receiver.env["MONGO_URI"], whole.database)
    bridge = servers.bridge(tmp_path / "spool", receiver.env["RECEIVER_PORT"])
    for service, file in zip((receiver, bridge), files, strict=True):
        service.env = {**service.env, "WEBHOOK_SECRETS": "", "WEBHOOK_SECRETS_FILE": str(file)}
    with servers.running(receiver, bridge):
        assert canary(whole, **bridge.env)[0] == 0
        files[0].write_text(new)
        status, _, complaints = canary(whole, "--wait", "1", **bridge.env)
        assert (status, "not there after 1 s" in complaints) == (1, True)
        files[1].write_text(new)
        assert canary(whole, "--wait", "60", **bridge.env)[0] == 0
        servers.wait_until(lambda: whole.client[whole.database].canaries.count_documents({}) == 3)
    assert whole.letters() == []


def test_who_does_not_arrive_is_told(whole: Whole) -> None:
    status, _, complaints = canary(whole, SMTP_PORT="9")
    assert (status, "SMTP did not take it" in complaints) == (1, True)
    whole.receiver.kill()
    status, _, complaints = canary(whole, "--wait", "1")
    assert (status, "not there after 1 s" in complaints) == (1, True)
    assert canary(whole, "--mailbox", "nobody@example.ru")[0] == 78
