"""A receiver's answer on one line for people: pure.

An answer is its status, a space and its body, as recorded by attempts. The body is a problem as
JSON (RFC 9457), alone or as a line of several, or a proxy's page; either may be cut anywhere.
"""

import html
import json
import re

MAX_ERRORS = 5
_ANSWER = re.compile(r"(.*?\b[1-5]\d\d) (\s*[{<].*)", re.DOTALL)
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_SAID = [re.compile(rf'"{each}":\s*{_TEXT}') for each in ("detail", "title")]
_ERROR = re.compile(rf'"path":\s*{_TEXT},\s*"message":\s*{_TEXT}')
_PAGE_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)


def in_a_line(answer: str) -> str:
    """Return ``422 the event has wrong fields: data.from: is missing`` for such an answer.

    Other text, and unreadable answers, are returned unchanged.
    """
    found = _ANSWER.fullmatch(answer)
    if found is None:
        return answer
    status, body = found.groups()
    if body.lstrip().startswith("<"):
        found = _PAGE_TITLE.search(body)
        title = " ".join(html.unescape(found[1]).split()) if found else ""
        return f"{status} {title.removeprefix(status).strip()}".strip()
    said = next(filter(None, (each.search(body) for each in _SAID)), None)
    if said is None:
        return answer
    mistakes = _ERROR.findall(body)
    told = [f"{_read(path)}: {_read(message)}" for path, message in mistakes[:MAX_ERRORS]]
    more = f" (+{len(mistakes) - MAX_ERRORS})" if len(mistakes) > MAX_ERRORS else ""
    return f"{status} {_read(said[1])}{': ' * bool(told)}{'; '.join(told)}{more}"


def _read(text: str) -> str:
    """Return the content of a JSON string."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
