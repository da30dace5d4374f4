"""Files that settings name, also pipes: each is read once; anything else is named and refused."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.settings import BridgeSettings
from bridge.start import unusable_for_smtp
from contract.environment import FileUnusable, env_file, surroundings, text_of
from contract.files.text import FileUnreadable, text_in
from contract.reading.mistakes import Wrong
from local import run
from receiver.settings import ReceiverSettings


@contextmanager
def pipe(text: bytes, *, then_closed: bool = True) -> Iterator[str]:
    """A pipe as a shell makes for ``<(command)``."""
    reading, writing = os.pipe()

    def write() -> None:
        os.write(writing, text)
        if then_closed:
            os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield f"/dev/fd/{reading}"
    finally:
        writer.join()
        os.close(reading)
        if not then_closed:
            os.close(writing)


def test_a_pipe_is_read_once_and_remembered() -> None:
    with pipe(b"\xef\xbb\xbfa@x.ru\n") as path:
        assert [text_of("MAILBOXES", {"MAILBOXES_FILE": path}) for _ in range(3)] == ["a@x.ru"] * 3
    with pipe(b"MAILBOXES=a@x.ru\r\nDATA_DIR=/nowhere/data\r\n") as path:
        assert surroundings({"ENV_FILE": path})["MAILBOXES"] == "a@x.ru"
        assert surroundings({"ENV_FILE": path})["DATA_DIR"] == "/nowhere/data"


def test_make_run_hands_on_what_came_out_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    with pipe(b"a@x.ru") as path, pipe(b"PARSE_WORKERS=1\n") as dotenv:
        monkeypatch.setenv("MAILBOXES_FILE", path)
        monkeypatch.setenv("ENV_FILE", dotenv)
        env = run.environment()
    assert (env["MAILBOXES"], env["MAILBOXES_FILE"]) == ("a@x.ru", "")
    assert (env["PARSE_WORKERS"], env["ENV_FILE"]) == ("1", "")


def test_what_never_ends_is_not_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nobody-writes")
    with pipe(b"half", then_closed=False) as path:
        for each in (Path(path), tmp_path / "nobody-writes"):
            with pytest.raises(FileUnreadable, match="has not come to its end"):
                text_in(each, once=True, seconds=0.05)


def other_kinds(directory: Path) -> Iterator[Path]:
    """Yield what is no file, or far too large a one."""
    yield from (directory, Path("/dev/zero"), Path("/dev/null"), directory / "pipe")
    yield from (directory / "socket", directory / "large")


OF_FILES = (
    *("WEBHOOK_SECRETS_FILE", "SMTP_TLS_CERT", "SMTP_TLS_KEY", "IMAP_CA_FILE"),
    *("IMAP_PASSWORD_FILE", "IMAP_TOKEN_FILE"),
)


def test_what_is_no_file_is_named_in_every_setting_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        Path("large").touch()
        os.truncate("large", 2**40)
        for path in other_kinds(tmp_path):
            for name in OF_FILES:
                files = {"SMTP_TLS_CERT": str(path), "SMTP_TLS_KEY": str(path)}
                more = files if name in files else {name: str(path)}
                login = {"IMAP_USER": "support@yandex.ru"} if name.startswith("IMAP") else {}
                login |= {"IMAP_PASSWORD": "x"} if name == "IMAP_CA_FILE" else {}
                assert_named(
                    BridgeSettings.judged({**login, **more}, unusable_for_smtp)[1], name, path
                )
            if path.name != "pipe":
                _, wrong = ReceiverSettings.judged({"MONGO_URI_FILE": str(path)})
                assert_named(wrong, "MONGO_URI_FILE", path)
                with pytest.raises(FileUnusable, match=re.escape(str(path))):
                    env_file({"ENV_FILE": str(path)})


def test_a_socket_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of open(2) would be "No such device or address"."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(FileUnreadable, match="it is a socket, and must be a file"):
            text_in(Path("socket"))


def assert_named(wrong: list[Wrong], name: str, path: Path) -> None:
    told = [str(each) for each in wrong if name in each.names]
    assert len(told) == 1, (name, path, wrong)
    assert str(path) in told[0]
    assert re.search(r"must be a file|is none|has more than|cannot be read", told[0]), told


def test_a_directory_that_is_called_env_is_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").mkdir()
    assert env_file({}) == {}


@pytest.mark.parametrize("target", ["nowhere", ".env"])
def test_an_env_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """For example a link to something that is not mounted."""
    monkeypatch.chdir(tmp_path)
    Path(".env").symlink_to(target)
    with pytest.raises(FileUnusable):
        env_file({})


def test_a_file_that_an_editor_of_windows_saved_is_read(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"\xef\xbb\xbfSMTP_PORT=2526\r\nPARSE_WORKERS=1\r\n")
    assert env_file({"ENV_FILE": str(tmp_path / "env")}) == {
        "SMTP_PORT": "2526",
        "PARSE_WORKERS": "1",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SMTP_PORT", "line 2 cannot be read"),
        ("[smtp]", "line 2 cannot be read"),
        ("$env:SMTP_PORT=26", "line 2 cannot be read"),
        ("SMTP_PORT＝26", "line 2 cannot be read"),
        ("SMTP_\u200bPORT=26", "line 2 cannot be read"),
        ("\n<b>x</b>", "line 3 cannot be read"),
        ("MAILBOXES=b@x.ru", "line 2: MAILBOXES stands above with another value"),
        ("\nMAILBOXES=", "line 3: MAILBOXES stands above with another value"),
    ],
)
def test_a_line_that_says_nothing_or_another_thing_than_one_above_is_told(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "env").write_text(f"MAILBOXES=a@x.ru\n{line}\n", encoding="utf-8")
    with pytest.raises(FileUnusable, match=said):
        env_file({"ENV_FILE": str(tmp_path / "env")})


def test_lines_of_every_program_and_system_are_read(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(
        "\ufeff# наше\r\nexport MAILBOXES=a@x.ru\r\nMAILBOXES='a@x.ru'\r\nSMTP_PORT = 26 # port\r\n"
        "THEIRS=1\r\nTHEIRS=2\r\nFROM_OUTSIDE\r\n".encode()
    )
    found = env_file({"ENV_FILE": str(tmp_path / "env"), "FROM_OUTSIDE": "x"})
    assert found == {"MAILBOXES": "a@x.ru", "SMTP_PORT": "26", "THEIRS": "2"}


def test_a_file_that_holds_more_than_the_value_is_told(tmp_path: Path) -> None:
    (tmp_path / "mailboxes").write_text("MAILBOXES=a@x.ru\n")
    _, [wrong] = BridgeSettings.judged({"MAILBOXES_FILE": str(tmp_path / "mailboxes")})
    assert str(wrong) == ("MAILBOXES_FILE: MAILBOXES= stands in front of it: write the value alone")
