"""Which parts of a letter are its words, which are files, and how broken letters are still read."""

from base64 import encodebytes

import pytest

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.structure.parameters import read_parameters
from tests.letters import base64_part, container, joined, multipart, part
from tests.letters import raw_letter as letter

HTML = "text/html; charset=utf-8"


def names(read: ParsedLetter) -> list[str]:
    return [one.attachment.filename for one in read.parts]


def test_an_attached_letter_is_a_file_and_never_words() -> None:
    inner = letter("Чужие слова", Subject="Старое письмо")
    read = read_letter(multipart(part("Мои слова"), part(inner, "message/rfc822")))
    assert read.text == "Мои слова"
    assert names(read) == ["Старое письмо.eml"]
    assert read.parts[0].content == inner


def test_a_digest_of_attached_letters() -> None:
    inner = letter("Чужие слова", Subject="Старое")
    digest = joined(b"\r\n" + inner, b"\r\n" + inner, boundary="b")
    read = read_letter(letter(digest, Content_Type="multipart/digest; boundary=b"))
    assert read.text == ""
    assert names(read) == ["Старое.eml", "Старое.eml"]


def test_of_alternatives_the_plain_one_is_the_text_and_the_last_page_the_html() -> None:
    read = read_letter(multipart(part("Слова"), part("<p>Слова</p>", HTML), subtype="alternative"))
    assert (read.text, read.html, read.parts) == ("Слова", "<p>Слова</p>", ())


def test_a_blank_plain_alternative_gives_way_to_the_page() -> None:
    read = read_letter(multipart(part(" \r\n"), part("<p>Слова</p>", HTML), subtype="alternative"))
    assert read.text == "Слова"


def test_an_alternative_whose_page_lies_among_its_images() -> None:
    page = part('<p>До</p><img src="cid:logo@x"><p>после</p>', HTML)
    image = base64_part(
        b"\x89PNG", "image/png; name=logo.png", Content_ID="<logo@x>", Content_Disposition="inline"
    )
    read = read_letter(multipart(part(""), container(page, image, subtype="related")))
    assert read.text == "До\n\n[image: logo.png]\n\nпосле"
    assert [(one.attachment.content_id, one.attachment.inline) for one in read.parts] == [
        ("logo@x", True)
    ]


def test_texts_beside_each_other_are_all_read_in_order() -> None:
    read = read_letter(
        multipart(part("Начало"), base64_part(b"x", "image/png"), part("<p>конец</p>", HTML))
    )
    assert read.text == "Начало\nконец"


@pytest.mark.parametrize(
    ("parts", "body", "files"),
    [
        ([part("Слова", "text/plain; name=body.txt")], "Слова", []),
        ([part("Слова"), part("log", "text/plain; name=a.log")], "Слова", ["a.log"]),
        ([part("x", Content_Disposition="attachment"), part("Слова")], "Слова", ["part-1.txt"]),
        ([part("Слова"), part("", "text/plain")], "Слова", []),
    ],
)
def test_a_named_text_is_the_body_only_where_it_stands_first(
    parts: list[bytes], body: str, files: list[str]
) -> None:
    read = read_letter(multipart(*parts))
    assert (read.text, names(read)) == (body, files)


@pytest.mark.parametrize(
    ("content", "delsp", "text"),
    [
        ("one \r\ntwo\r\n", "no", "one two\n"),
        ("one \r\ntwo\r\n", "yes", "onetwo\n"),
        ("> one \r\n> two\r\nthree", "no", "> one two\nthree"),
        ("> one \r\nthree", "no", "> one \nthree"),
        ("-- \r\nname", "no", "-- \nname"),
        (" >not a quote\r\n", "no", ">not a quote\n"),
        (" From here\r\n", "no", "From here\n"),
    ],
)
def test_flowed_text(content: str, delsp: str, text: str) -> None:
    content_type = f"text/plain; charset=utf-8; format=flowed; delsp={delsp}"
    assert read_letter(letter(content, Content_Type=content_type)).text == text


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", encodebytes("Текст".encode())),
        ("base64", b"0KLQtdC60Y HRgg"),
        ("base64", b"0KLQtdC6!!0YHRgg==\r\n\r\n-- footer"),
        ("base64", b"0KLQtdC60YE=0YI=".replace(b"0YE=0YI=", b"0YHRgg==")),
        ("BASE64 ", encodebytes("Текст".encode())),
        ('"base64"', encodebytes("Текст".encode())),
        ("quoted-printable", b"=D0=A2=D0=B5=\r\n=D0=BA=D1=81=D1=82"),
        ("8bit", "Текст".encode()),
        ("x-unknown", "Текст".encode()),
    ],
)
def test_transfer_encodings_also_damaged_ones(encoding: str, content: bytes) -> None:
    read = read_letter(letter(content, Content_Transfer_Encoding=encoding))
    assert read.text.startswith("Текст")


def test_files_in_the_text_as_uuencode() -> None:
    text = "Смотрите:\n\nbegin 644 a.txt\n%:&5L;&\\`\n`\nend\nпока"
    read = read_letter(letter(text))
    assert read.text == "Смотрите:\n\nпока"
    assert [(one.attachment.filename, one.content) for one in read.parts] == [("a.txt", b"hello")]


@pytest.mark.parametrize("text", ["begin 644 a.txt\nслова\nend\n", "begin 644 a\n", "begin\nend\n"])
def test_what_only_looks_like_uuencode_stays_text(text: str) -> None:
    read = read_letter(letter(text))
    assert (read.text, read.parts) == (text, ())


MALFORMED_LETTERS = {
    "no last delimiter": joined(part("Слова"), part("x", "image/png"), boundary="b")[:-7],
    "another boundary than declared": joined(part("Слова"), part("x", "image/png"), boundary="c"),
    "a preamble": b"preamble\r\n" + joined(part("Слова"), part("x", "image/png"), boundary="b"),
    "delimiters padded with blanks": joined(
        part("Слова"), part("x", "image/png"), boundary="b"
    ).replace(b"--b\r\n", b"--b  \r\n"),
    "the last delimiter twice": joined(part("Слова"), boundary="b")
    + joined(part("x", "image/png"), boundary="b"),
    "bare line feeds": joined(part("Слова"), part("x", "image/png"), boundary="b").replace(
        b"\r\n", b"\n"
    ),
}


@pytest.mark.parametrize("name", MALFORMED_LETTERS)
def test_a_broken_multipart_is_still_opened(name: str) -> None:
    read = read_letter(letter(MALFORMED_LETTERS[name], Content_Type="multipart/mixed; boundary=b"))
    assert (read.text.strip(), [one.content.strip() for one in read.parts]) == (
        "Слова",
        [b"x"],
    )


def test_a_container_of_nothing_is_read_as_text() -> None:
    read = read_letter(letter("Слова", Content_Type="multipart/mixed; boundary=b"))
    assert (read.text, read.parts) == ("Слова", ())
    assert "multipart without its boundary" in read.defects


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@example.ru\njunk line\nSubject: S\nMessage-ID: <i@x>\n\nbody",
        b"From a@example.ru Mon Mar  2 10:00:00 2026\nFrom: a@example.ru\nSubject: S\n"
        b"Message-ID: <i@x>\n\nbody",
        b"\xef\xbb\xbfFrom: a@example.ru\nSubject: S\nMessage-ID: <i@x>\n\nbody",
        b" From: a@example.ru\nSubject: S\nMessage-ID: <i@x>\n\nbody",
        b"From: a@example.ru\nSubject: S\nMessage-ID: <i@x>\nbody",
        b"From: a@example.ru\nSubject: S\nMessage-ID: <i@x>\n \nbody",
        b"\r\n\r\nFrom: a@example.ru\nSubject: S\nMessage-ID: <i@x>\n\nbody",
        b"From : a@example.ru\nSubject:S\nMessage-ID:\n <i@x>\n\nbody",
        b"From: a@example.ru\rSubject: S\rMessage-ID: <i@x>\r\rbody",
        b"From: a@example.ru\n\t\n\tx\nSubject: S\nMessage-ID: <i@x>\n\nbody",
    ],
)
def test_a_broken_header_is_still_read(raw: bytes) -> None:
    read = read_letter(raw)
    assert (read.from_.address, read.subject, read.message_id, read.text) == (
        "a@example.ru",
        "S",
        "i@x",
        "body",
    )


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n\r\n", b"x", b"\x00", b"no header at all\n\nx"])
def test_what_is_no_letter_is_still_delivered(raw: bytes) -> None:
    read = read_letter(raw)
    assert read.from_.address == "unknown@unknown.invalid"
    assert "no From and no other sender" in read.defects


@pytest.mark.parametrize(
    ("subtype", "parts", "words"),
    [
        (
            'signed; protocol="application/pgp-signature"',
            [part("Слова"), part("sig", "application/pgp-signature")],
            "signed with OpenPGP, not verified",
        ),
        (
            'signed; protocol="application/pkcs7-signature"',
            [part("Слова"), part("sig", "application/pkcs7-signature; name=smime.p7s")],
            "signed with S/MIME, not verified",
        ),
        (
            'encrypted; protocol="application/pgp-encrypted"',
            [
                part("Version: 1", "application/pgp-encrypted"),
                part("x", "application/octet-stream"),
            ],
            "encrypted with OpenPGP, not readable here",
        ),
    ],
)
def test_signed_and_encrypted_letters_are_named(
    subtype: str, parts: list[bytes], words: str
) -> None:
    raw = letter(joined(*parts, boundary="b"), Content_Type=f"multipart/{subtype}; boundary=b")
    assert words in read_letter(raw).defects


def test_an_encrypted_letter_says_so_in_its_body() -> None:
    parts = [part("Version: 1", "application/pgp-encrypted"), part("x", "application/x")]
    content_type = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b'
    read = read_letter(letter(joined(*parts, boundary="b"), Content_Type=content_type))
    assert read.text == "[encrypted with OpenPGP, not readable here]"


def test_a_charset_that_one_part_is_given_reaches_no_other() -> None:
    value = b"text/plain; format=flowed"
    _, parameters = read_parameters(value)
    parameters["charset"] = "koi8-r"
    assert read_parameters(value) == ("text/plain", {"format": "flowed"})
