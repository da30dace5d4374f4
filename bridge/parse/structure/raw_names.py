"""The charset of raw bytes in headers, file names among them, by the letter around them.

"Акт.doc" in three raw bytes can be anything. The letter says what it is: by the label of its text,
or by all raw bytes together.
"""

import re
from collections.abc import Sequence
from itertools import islice

from bridge.parse.structure.mime import Node
from bridge.parse.structure.parameters import read_parameters
from bridge.parse.text.charset import header_charset
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.unlabelled import likely_page

MAX_SAMPLE = 20_000
MAX_TEXTS = 3

# A word is tried only at its first letter, so that an endless line of letters takes linear time.
_HIGH_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*")

# Letters that every text in a language holds, and that language's Windows code page.
_SCRIPTS = (
    (re.compile("[\u3041-\u30fe]{2}"), "cp932"),
    (re.compile("[\uac00-\ud7a3]{2}"), "cp949"),
    (re.compile("[\u4e00-\u9fff]{2}"), "big5"),
)
# A capital followed by small letters, in CP1251; in KOI8-R it is the other way round.
_CAPITAL_FIRST = re.compile(rb"[\xc0-\xdf][\xe0-\xff]")
_SMALL_FIRST = re.compile(rb"[\xe0-\xff][\xc0-\xdf]")
_HAN = re.compile("[\u4e00-\u9fff]")


def read_raw_names(root: Node) -> str:
    """Return the charset of raw bytes in the headers, and read the file names in it."""
    hint = charset_hint(root)
    for node in root.all() if hint else ():
        if all(value.isascii() for value in _naming(node)):
            continue
        page = _true_case(b" ".join(_naming(node)), hint)
        _, node.parameters = read_parameters(node.block.first("content-type") or b"", page)
        value = node.block.first("content-disposition") or b""
        _, node.disposition_parameters = read_parameters(value, page)
    return hint


def _true_case(raw: bytes, hint: str) -> str:
    """Return the other code page if this one gives capitals behind small letters: «юЙР»."""
    codec = codec_of(hint)
    if codec in ("koi8-r", "koi8-u") and not _SMALL_FIRST.search(raw):
        return "windows-1251" if _CAPITAL_FIRST.search(raw) else hint
    if codec == "windows-1251" and not _CAPITAL_FIRST.search(raw):
        return "koi8-r" if _SMALL_FIRST.search(raw) else hint
    return hint


def _naming(node: Node) -> list[bytes]:
    fields = (node.block.first("content-type"), node.block.first("content-disposition"))
    return [value for value in fields if value]


def charset_hint(root: Node) -> str:
    """Return the charset of raw bytes in the letter's headers, as far as it can be known.

    It is probably the text's declared one. Without a label all raw bytes together, those of the
    text included, tell more than a short subject.
    """
    leaves = list(root.leaves())
    labelled = (header_charset(leaf.charset) for leaf in leaves)
    if label := next(filter(None, labelled), ""):
        return label
    values = [field.value for field in root.block.fields]
    values += [value for node in root.all() for value in _naming(node)]
    raw = [value for value in values if not _is_utf8(value)]
    if not raw:
        return ""
    texts = (leaf for leaf in leaves if leaf.content_type.startswith("text/") and not leaf.filename)
    samples = [leaf.content[:MAX_SAMPLE] for leaf in islice(texts, MAX_TEXTS)]
    if page := _of_the_script(samples, raw):
        return page
    raw += [sample for sample in samples if not _is_utf8(sample)]
    words = b" ".join(word for value in raw for word in _HIGH_WORD.findall(value))[:MAX_SAMPLE]
    return likely_page(words) or ""


def _of_the_script(samples: Sequence[bytes], raw: Sequence[bytes]) -> str:
    """Return the code page of the script of the letter's UTF-8 text, if it fits.

    A program that writes a Japanese text in UTF-8 still writes file names in the code page of
    Japanese Windows; by its bytes alone such a name may be anything.
    """
    text = "".join(each.decode("utf-8") for each in samples if _is_utf8(each))
    page = next((page for script, page in _SCRIPTS if script.search(text)), "")
    if page == "big5" and all(_encoded(sign, "gb2312") for sign in _HAN.findall(text)):
        page = "gb18030"
    return page if page and all(_decodes(value, page) for value in raw) else ""


def _encoded(sign: str, page: str) -> bool:
    try:
        sign.encode(page)
    except UnicodeEncodeError:
        return False
    return True


def _decodes(content: bytes, page: str) -> bool:
    try:
        content.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(content: bytes) -> bool:
    return content.isascii() or _decodes(content, "utf-8")
