"""``python -m bridge import`` with a real receiver: counts, kills, twice, beside the service."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox
from tests.letters import letter
from tests.smtp_client import send
from tests.whole.conftest import Whole
from tests.whole.test_main_job import conversation

SEPARATOR = b"From a@b.ru Mon Nov 23 10:00:00 2026\n"
ATTACHED = {"счёт.txt": "строка\nещё строка\n".encode()}


def mbox(path: Path, letters: list[bytes]) -> Path:
    """Write the letters as a mail program does on this machine: with bare LF."""
    with path.open("wb") as file:
        for each in letters:
            file.write(SEPARATOR + each.replace(b"\r\n", b"\n") + b"\n")
    return path


class Import:
    """An import that runs in a process of its own."""

    def __init__(self, directory: Path, receiver_port: str, *words: str, **settings: str) -> None:
        self.env = servers.environment(
            **{
                "WEBHOOK_URL": f"http://127.0.0.1:{receiver_port}/webhook/email",
                "WEBHOOK_SECRETS": servers.SECRET,
                "DATA_DIR": str(directory),
                "MAILBOXES": "support@yandex.ru",
                "DNS_CHECKS": "false",
                **settings,
            }
        )
        self.command = [sys.executable, "-m", "bridge", "import", *words]
        self.directory = directory

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with subprocess.Popen(
            self.command, cwd=servers.ROOT, env=self.env, stderr=subprocess.PIPE
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self) -> tuple[int, str]:
        with self.running() as process:
            _, said = process.communicate(timeout=300)
            return process.returncode, said.decode()

    def settled(self) -> int:
        """Return how many letters the job file says are settled."""
        said = "".join(path.read_text() for path in (self.directory / "import").glob("*.json"))
        return sum(int(number) for number in re.findall(r'"(?:new|duplicate|failed)": (\d+)', said))


def counts(said: str) -> tuple[int, int, int]:
    """Return what was new, duplicate and failed, as the last line has it."""
    found = re.findall(r"(\d+) new, (\d+) duplicate, (\d+) failed", said)
    assert found, said
    new, duplicate, failed = map(int, found[-1])
    return new, duplicate, failed


def test_a_file_is_imported_once_however_often_it_is_given(tmp_path: Path, whole: Whole) -> None:
    letters = [*conversation("17", 5), letter("a@b.ru", attachments=ATTACHED)]
    assert send(whole.smtp_port, letters[:1] + letters[-1:]) == 2
    whole.wait_until_delivered()
    path = mbox(tmp_path / "past", letters)
    first = Import(tmp_path / "bridge", whole.receiver.env["RECEIVER_PORT"], str(path))
    status, said = first.run()
    assert status == 0, said
    assert counts(said) == (4, 2, 0)
    assert counts(first.run()[1]) == (0, 6, 0)
    assert len(whole.messages()) == 6


def test_letters_of_the_specialist_are_imported_as_such(tmp_path: Path, whole: Whole) -> None:
    question = letter("1@example.ru")
    answer = letter("2@y.ru", sender="support@yandex.ru", to="ivan@example.ru", minute=5)
    thanks = letter("3@example.ru", in_reply_to="2@y.ru", minute=9)
    port = whole.receiver.env["RECEIVER_PORT"]
    (tmp_path / "sent.eml").write_bytes(answer)
    assert Import(tmp_path / "a", port, str(tmp_path / "sent.eml"), "--out").run()[0] == 0
    assert (
        Import(tmp_path / "b", port, str(mbox(tmp_path / "in", [question, thanks]))).run()[0] == 0
    )
    dialogs = {dialog["messages"][0]["message_id"]: dialog for dialog in whole.dialogs()}
    joined = dialogs["2@y.ru"]
    assert joined["email_from"] == "ivan@example.ru"
    assert [each["direction"] for each in joined["messages"]] == ["out", "in"]


def test_a_path_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    service = Import(tmp_path, str(servers.free_port()), str(tmp_path / "nothing.eml"))
    status, said = service.run()
    assert (status, "does not exist" in said) == (78, True)


def test_killed_and_started_again_it_ends_as_if_nothing_had_been(
    tmp_path: Path, whole: Whole
) -> None:
    letters = [each for name in range(60) for each in conversation(str(name), 4)]
    service = Import(
        tmp_path / "bridge",
        whole.receiver.env["RECEIVER_PORT"],
        str(mbox(tmp_path / "past", letters)),
    )
    for share in (40, 120):
        with service.running():
            servers.wait_until(lambda share=share: service.settled() >= share)  # type: ignore[misc]
    status, said = service.run()
    assert status == 0, said
    assert re.search(r"going on after \d{3} letters", said)
    assert sum(counts(said)) == len(letters)
    assert counts(said)[2] == 0
    assert sorted(len(dialog["messages"]) for dialog in whole.dialogs()) == [4] * 60


def test_two_imports_do_not_run_at_once(tmp_path: Path, whole: Whole) -> None:
    port = whole.receiver.env["RECEIVER_PORT"]
    letters = [each for name in range(50) for each in conversation(str(name), 4)]
    first = Import(tmp_path / "one", port, str(mbox(tmp_path / "past", letters)))
    with first.running():
        servers.wait_until(lambda: first.settled() > 0)
        status, said = first.run()
    assert status == 78
    assert "another" in said


def test_a_folder_of_the_server_is_imported_since_a_date(
    tmp_path: Path, whole: Whole, running_dovecot: dovecot.Dovecot
) -> None:
    mailbox = Mailbox(running_dovecot.port, dovecot.SENT)
    mailbox.empty()
    answer = letter("2@y.ru", sender="support@yandex.ru", to="ivan@example.ru")
    mailbox.put(answer, mailbox.sent)
    mailbox.close()
    settings = {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(running_dovecot.port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": dovecot.USER,
        "IMAP_PASSWORD": dovecot.PASSWORD,
    }
    port = whole.receiver.env["RECEIVER_PORT"]
    for since, expected in (("2090-01-01", (0, 0, 0)), ("2020-01-01", (1, 0, 0))):
        words = ["--imap", "\\Sent", "--since", since]
        status, said = Import(tmp_path / "bridge", port, *words, **settings).run()
        assert status == 0, said
        assert counts(said) == expected
    [message] = whole.messages()
    assert (message["direction"], message["source"]["via"]) == ("out", "import")


def generated(path: Path, count: int) -> Path:
    """Write an mbox of so many letters, one after the other."""
    with path.open("wb") as file:
        for number in range(count):
            content = letter(f"{number}@example.ru", subject=f"Письмо {number}", minute=number)
            file.write(SEPARATOR + content.replace(b"\r\n", b"\n") + b"\n")
    return path


def peak(service: Import) -> int:
    """Run the import and return the most memory that it, or a process of its own, had: KiB."""
    with service.running() as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_maxrss


def test_memory_does_not_grow_with_the_letters(tmp_path: Path, whole: Whole) -> None:
    count = int(os.environ.get("IMPORT_LETTERS", "400"))
    port = whole.receiver.env["RECEIVER_PORT"]
    peaks = []
    for share in (count // 10, count):
        path = generated(tmp_path / f"{share}.mbox", share)
        peaks.append(peak(Import(tmp_path / f"b{share}", port, str(path))))
    print(f"\nmost memory for {count // 10} and for {count} letters: {peaks} KiB")
    assert peaks[1] - peaks[0] < 20_000
    assert len(whole.messages()) == count


def test_real_conversations_of_the_corpus_killed_twice_end_as_in_one_run(
    tmp_path: Path, whole: Whole, corpus: Path
) -> None:
    source = corpus / "threads" / os.environ.get("IMPORT_THREADS", "openbmc")
    port = whole.receiver.env["RECEIVER_PORT"]
    through = Import(tmp_path / "through", port, str(source))
    status, said = through.run()
    assert status == 0, said
    first = comparable(whole.dialogs())
    letters = sum(counts(said))
    whole.client.drop_database(whole.database)
    whole.receiver.stop()
    whole.receiver.start()
    killed = Import(tmp_path / "killed", port, str(source))
    for share in (letters // 4, letters // 2):
        with killed.running():
            servers.wait_until(lambda share=share: killed.settled() >= share, 200)  # type: ignore[misc]
    assert killed.run()[0] == 0
    assert comparable(whole.dialogs()) == first


def comparable(dialogs: list[dict[str, Any]]) -> list[list[str]]:
    """Return which letters are together: all that does not name a run."""
    return sorted(sorted(message["key"] for message in dialog["messages"]) for dialog in dialogs)
