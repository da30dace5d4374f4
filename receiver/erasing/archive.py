"""One archive of all data held about a person: JSON, letters as .eml, files, a README.

GDPR articles 15 and 20, 152-ФЗ article 14. It contains letters that belong to him, and letters of
others that name him as sender or recipient. Letters that only mention or quote him are counted, for
they are other people's (GDPR 15(4)).
"""

import json
import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import BinaryIO

from receiver.erasing.survey import Held
from receiver.filing.collections import Store
from receiver.store.mongo import Document
from receiver.store.packed import unpacked

README_EN = """What this archive holds of {address}

letters.json   every letter that you wrote, that was written to you, or that names you among its
               people: dates, people, subject, text, header fields, files, dialog
letters/       the same letters as they came, if the original was kept; any mail program opens them
files/         their attachments, each named by the beginning of its SHA-256 and its own name
summary.json   how many letters there are; also those of others that only mention or quote you,
               which are not in the archive, as they are theirs
"""
README_RU = """Что в этом архиве об адресе {address}

letters.json   все письма, которые вы написали, которые написали вам или где вы названы среди
               участников: даты, люди, тема, текст, заголовки, файлы, диалог
letters/       те же письма в том виде, в каком пришли, если оригинал сохранён; их откроет любая
               почтовая программа
files/         вложения; имя файла — начало его SHA-256 и собственное имя
summary.json   сколько писем; в том числе чужих, где вы только упомянуты или процитированы:
               в архив они не входят, это письма других людей
"""
_UNSAFE = re.compile(r"[^\w.,() -]")


async def archive(store: Store, found: Sequence[Held], address: str, file: BinaryIO) -> None:
    """Write the archive, a letter at a time; raises StoreUnavailable, OSError."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (("README.en.txt", README_EN), ("README.ru.txt", README_RU)):
            packed.writestr(name, text.format(address=address))
        packed.writestr("summary.json", _json([summary_of(each) for each in found]))
        files: dict[str, str] = {}
        with packed.open("letters.json", "w", force_zip64=True) as letters:
            letters.write(b"[")
            between = b""
            for held in found:
                async for document in _letters(store, held):
                    letters.write(between + _json(_told(document)).encode())
                    between = b",\n"
                    for each in document["message"]["attachments"]:
                        files.setdefault(each["sha256"], each["filename"])
            letters.write(b"]\n")
        for number, held in enumerate(found):
            async for document in _letters(store, held):
                await _original(store, document, packed, f"-{number + 1}" if number else "")
        for digest, name in files.items():
            if await store.blobs.size(digest) is not None:
                path = f"files/{digest[:16]}-{_UNSAFE.sub('_', name)[-100:]}"
                await _copy(store, digest, path, packed)


def summary_of(held: Held) -> Document:
    """Return what is held, as numbers and ids."""
    reasons = list(held.touched.values())
    return {
        "mailbox": held.mailbox,
        "letters": len(held.own),
        "first": _moment(min((each.letter.created for each in held.own.values()), default=None)),
        "last": _moment(max((each.letter.created for each in held.own.values()), default=None)),
        "bytes": held.bytes,
        "files": len(held.files),
        "of_others": {each: reasons.count(each) for each in ("names", "mentions", "quotes")},
        "dialogs": sorted(str(each) for each in held.touched_dialogs),
        "dialogs_gone": held.gone,
        "names": sorted(held.traces.names),
        "files_not_searched": held.unsearched,
        "but_for_a_plus": sorted(held.but_for_a_plus),
    }


async def _letters(store: Store, held: Held) -> AsyncIterator[Document]:
    named = (key for key, why in held.touched.items() if why == "names")
    for key in sorted([*held.own, *named], key=lambda one: held.every[one].letter.order):
        if document := await store.letters.document(held.mailbox, key):
            yield document


def _told(document: Document) -> Document:
    content = document["content"]
    headers = json.loads(unpacked(content["headers"])) if content.get("headers") else []
    return {
        "mailbox": document["mailbox"],
        "dialog": document["dialog"],
        "kept": document["kept"],
        **document["message"],
        "html": content.get("html", ""),
        "headers": headers,
        "came_by": document["copies"],
    }


async def _original(store: Store, document: Document, packed: zipfile.ZipFile, ending: str) -> None:
    """Add a letter's original; a letter that came to several mailboxes has one in each."""
    raw = document["content"].get("raw")
    day, key = f"{document['message']['created']:%Y-%m-%d}", document["key"][:16]
    path = f"letters/{day}-{key}{ending}.eml"
    if kept := document["content"].get("original"):
        packed.writestr(path, unpacked(kept))
    elif raw and await store.blobs.size(raw["sha256"]) is not None:
        await _copy(store, raw["sha256"], path, packed)


async def _copy(store: Store, digest: str, path: str, packed: zipfile.ZipFile) -> None:
    with packed.open(path, "w", force_zip64=True) as entry:
        async for piece in store.blobs.pieces(digest):
            entry.write(piece)


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=_moment, indent=1)
    return text.encode(errors="replace").decode()


def _moment(value: object) -> str | None:
    isoformat = getattr(value, "isoformat", None)
    if value is None:
        return None
    return str(isoformat() if isoformat else value)
