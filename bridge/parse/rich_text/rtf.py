r"""The words of an RTF letter, and the HTML that Outlook packs into RTF ([MS-OXRTFEX]).

RTF made from HTML carries the HTML: its tags stand in groups ``{\*\htmltag …}``, its words between
them, and what only RTF needs behind ``\htmlrtf``. Any other RTF is read as text: what stands in no
destination of its own is what the reader saw.
"""

import re
from dataclasses import dataclass, replace

MAX_TOKENS = 400_000
MAX_TEXT = 1024 * 1024
MAX_DEPTH = 1000

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|((?:\\'[0-9a-fA-F]{2})+)|\\([^a-zA-Z])|([{}])"
    rb"|([^\\{}\r\n]+)",
    re.DOTALL,
)
_FROM_HTML = re.compile(rb"\\fromhtml1?(?![0-9])")
_HEAD = 1000
_SKIPPED = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"header", b"headerl", b"headerr",
    b"headerf", b"footer", b"footerl", b"footerr", b"footerf", b"fldinst", b"listtable", b"revtbl",
    b"nonshppict", b"objdata", b"objclass", b"xe", b"tc", b"rxe", b"filetbl", b"themedata",
})  # fmt: skip
_BREAKS = frozenset({b"par", b"line", b"sect", b"page", b"row", b"nestrow"})
_SIGNS = {
    b"tab": "\t", b"cell": "\t", b"nestcell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": "\u2003",
    b"enspace": "\u2002",
}  # fmt: skip
_SYMBOLS = {
    b"~": "\u00a0", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n",
}  # fmt: skip
# code pages of \fcharset, [MS-WMF] 2.1.1.5; 0 and 1 are the document's own
_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_DOCUMENTS = {b"mac": "mac-roman", b"pc": "cp437", b"pca": "cp850"}


@dataclass(frozen=True, slots=True)
class RichText:
    """The content of an RTF document: HTML if it was made from HTML, else text."""

    text: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """The settings that hold up to the end of a group."""

    skipped: bool = False
    is_tag: bool = False
    hidden: bool = False
    in_fonts: bool = False
    codec: str = ""
    fallback: int = 1


def read_rtf(content: bytes) -> RichText:
    """Read RTF within bounds; never raises. Returns nothing for other bytes."""
    content = content.lstrip()
    if not content.startswith(b"{\\rtf"):
        return RichText()
    is_page = _FROM_HTML.search(content[:_HEAD]) is not None
    text = _Reader(is_page).read(content)
    return RichText(page=text) if is_page else RichText(text=text.strip("\n"))


class _Reader:
    """Reads tokens with a stack of groups; bytes wait until their charset is known."""

    def __init__(self, is_page: bool) -> None:
        self._is_page = is_page
        self._group = _Group()
        self._stack: list[_Group] = []
        self._output: list[str] = []
        self._room = MAX_TEXT
        self._waiting = bytearray()
        self._default = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._starred = False
        self._unwanted = 0  # characters that replace one of Unicode

    def read(self, content: bytes) -> str:
        position: int | None = 0
        left = MAX_TOKENS
        while position is not None and left > 0 and self._room > 0:
            position, left = self._run(content, position, left)
        self._flush()
        text = "".join(self._output)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _run(self, content: bytes, start: int, left: int) -> tuple[int | None, int]:
        """Read tokens up to the end, or to raw bytes; return where to go on."""
        for token in _TOKEN.finditer(content, start):
            left -= 1
            if left <= 0 or self._room <= 0:
                return None, 0
            word, number, hexadecimal, symbol, brace, text = token.groups()
            if word == b"bin" and number:
                return token.end() + max(int(number), 0), left
            if word:
                self._word(word.lower(), int(number) if number else None)
            elif hexadecimal:
                self._bytes(bytes.fromhex(hexadecimal.replace(b"\\'", b"").decode("ascii")))
            elif text:
                self._bytes(text)
            elif brace:
                self._brace(brace == b"{")
            else:
                self._symbol(symbol)
        return None, 0

    def _brace(self, opens: bool) -> None:
        self._flush()
        self._starred, self._unwanted = False, 0
        if opens:
            self._stack.append(self._group)
        elif self._stack:
            self._group = self._stack.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif self._unwanted:
            self._unwanted -= 1
        elif symbol in _SYMBOLS:
            self._sign(_SYMBOLS[symbol])

    def _word(self, word: bytes, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        if word == b"u" and number is not None:
            self._sign(chr(number & 0xFFFF))
            self._unwanted = self._group.fallback
        elif starred or word in _SKIPPED:
            is_tag = self._is_page and word == b"htmltag"
            self._group = replace(
                self._group, skipped=not is_tag, is_tag=is_tag, in_fonts=word == b"fonttbl"
            )
        elif word in _BREAKS:
            self._sign("\n")
        elif word in _SIGNS:
            self._sign(_SIGNS[word])
        else:
            self._set(word, number)

    def _set(self, word: bytes, number: int | None) -> None:
        """Apply a control word that changes how the following text is read."""
        group = self._group
        if word == b"htmlrtf":
            self._group = replace(group, hidden=number != 0)
        elif word == b"f" and number is not None:
            self._font = number
            if not group.in_fonts:
                self._group = replace(group, codec=self._fonts.get(number, ""))
        elif word == b"fcharset" and group.in_fonts:
            self._fonts[self._font] = _CHARSETS.get(number or 0, "")
        elif word == b"plain":
            self._group = replace(group, codec="")
        elif word == b"uc" and number is not None:
            self._group = replace(group, fallback=min(max(number, 0), 100))
        elif word == b"ansicpg" and number:
            self._default = _code_page(number)
        elif word in _DOCUMENTS:
            self._default = _DOCUMENTS[word]

    def _bytes(self, content: bytes) -> None:
        if self._unwanted:
            content, self._unwanted = (
                content[self._unwanted :],
                max(self._unwanted - len(content), 0),
            )
        if self._is_shown():
            self._waiting += content

    def _sign(self, sign: str) -> None:
        self._flush()
        if self._is_shown():
            self._add(sign)

    def _is_shown(self) -> bool:
        group = self._group
        return not group.skipped and (group.is_tag or not group.hidden or not self._is_page)

    def _flush(self) -> None:
        if self._waiting:
            codec = self._group.codec or self._default
            self._add(self._waiting.decode(codec, "replace"))
            self._waiting.clear()

    def _add(self, text: str) -> None:
        self._output.append(text[: self._room])
        self._room -= len(text)


def _code_page(number: int) -> str:
    name = {65001: "utf-8", 936: "gb18030", 10000: "mac-roman"}.get(number, f"cp{number}")
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
