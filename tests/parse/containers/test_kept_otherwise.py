"""Files written into a text, letters that an editor kept, a letter inside its own signature."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter
from tests.parse.containers.cms_letters import signed
from tests.parse.containers.test_sealed import WITH_FILE, files, sealed

TEXT = "Здравствуйте! Где мой заказ номер 17?"


IN_LINES = b"see\r\nbegin 644 a.pdf\r\n+)5!$1BTQ+C0@>```\r\n"
FILES_IN_TEXT: list[tuple[str, bytes]] = [
    ("uuencode", IN_LINES + b"`\r\nend\r\n"),
    ("uuencode", IN_LINES + b"`\r\n"),
    ("uuencode", b"see\r\nbegin-base64 644 a.pdf\r\nJVBERi0xLjQgeA==\r\n====\r\n"),
]


@pytest.mark.parametrize(("program", "body"), FILES_IN_TEXT)
def test_files_in_a_text(program: str, body: bytes) -> None:
    read = read_letter(raw_letter(body))
    assert (read.text.strip(), files(read)) == ("see", ["a.pdf"]), program


@pytest.mark.parametrize("form", ["utf-16", "LF CR", "LF", "CR"])
def test_a_letter_that_an_editor_kept(form: str) -> None:
    letter = raw_letter(TEXT)
    ends = {"LF CR": b"\n\r", "LF": b"\n", "CR": b"\r"}.get(form, b"\r\n")
    kept = letter.replace(b"\r\n", ends)
    read = read_letter(kept.decode().encode(form) if form == "utf-16" else kept)
    assert (read.subject, read.text, read.from_.address) == ("Привет", TEXT, "ivan@example.ru")


@pytest.mark.parametrize("name", ["smime.p7s", "smime.p7m"])
def test_a_letter_inside_what_is_called_a_signature(name: str) -> None:
    read = read_letter(sealed(signed(WITH_FILE), f"application/pkcs7-signature; name={name}"))
    assert "Направляю подписанный акт сверки." in read.text
    assert files(read) == ["akt.pdf", name]
