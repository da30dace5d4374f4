"""``/docs``: the same table for people, one page without scripts or anything from elsewhere."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Any

from receiver.errors import MEANINGS, NAMES
from receiver.web.v1.described.openapi import document_of
from receiver.web.v1.operation import Operation

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:2.5rem;border-top:1px solid #8886;padding-top:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow-x:auto;background:#8881;padding:.6rem}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0}
.method{font-weight:700}summary{cursor:pointer}
"""
_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


def page_of(operations: Iterable[Operation]) -> str:
    """Return the page."""
    document = document_of(operations)
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width">',
        f"<title>{escape(info['title'])} {escape(info['version'])}</title><style>{STYLE}</style>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        f"<p>{escape(info['description'])} For programs: <a href=/openapi.json>openapi.json</a>.",
        "Each request has <code>Authorization: Bearer el_…</code>.",
        "<h2>Operations</h2><ul>",
    ]
    listed = [
        (method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    for method, path, one in listed:
        link = f"<a href=#{one['operationId']}><code>{method} {escape(path)}</code></a>"
        parts.append(f"<li>{link} {_words(one['summary'])}")
    parts.append("<li><a href=#problems>Problems</a><li><a href=#shapes>Shapes</a></ul>")
    parts += [_operation(*each) for each in listed]
    parts.append("<h2 id=problems>Problems</h2><table>")
    for status, name in NAMES.items():
        words = _words(MEANINGS[status])
        parts.append(f"<tr id={name}><td>{status}<td><code>{name}</code><td>{words}")
    parts.append("</table><h2 id=shapes>Shapes</h2>")
    for name, schema in document["components"]["schemas"].items():
        parts.append(_shape(name, schema))
    return "\n".join(parts) + "\n"


def _operation(method: str, path: str, one: dict[str, Any]) -> str:
    rows = [
        f"<h2 id={one['operationId']}><span class=method>{method}</span>"
        f" <code>{escape(path)}</code></h2>",
        f"<p>{_words(one['summary'])} {_words(one['description'])}</p>",
    ]
    if one["parameters"]:
        rows.append("<table><tr><th>parameter<th>in<th>form<th>meaning")
        for each in one["parameters"]:
            form = _form(each["schema"])
            words = _words(each.get("description", ""))
            rows.append(f"<tr><td><code>{each['name']}</code><td>{each['in']}<td>{form}<td>{words}")
        rows.append("</table>")
    if "requestBody" in one:
        for media, content in one["requestBody"]["content"].items():
            form = _form(content["schema"]) if content else "bytes"
            rows.append(f"<p>Body: <code>{media}</code> {form}</p>")
    rows.append("<table><tr><th>answer<th>form<th>meaning")
    for status, each in one["responses"].items():
        forms = ", ".join(
            f"<code>{escape(media)}</code> {_form(content.get('schema', {}))}"
            for media, content in each.get("content", {}).items()
        )
        rows.append(f"<tr><td>{status}<td>{forms}<td>{_words(each['description'])}")
    return "\n".join([*rows, "</table>"])


def _shape(name: str, schema: dict[str, Any]) -> str:
    # A link opens what is closed if it leads to something within: HTML, "ancestor revealing".
    rows = [f"<details><summary><code>{name}</code></summary>"]
    rows.append(f"<p id=shape-{name}>{_words(schema.get('description', ''))}</p><table>")
    for field, one in schema.get("properties", {}).items():
        words = _words(one.get("description", ""))
        rows.append(f"<tr><td><code>{field}</code><td>{_form(one)}<td>{words}")
    return "\n".join([*rows, "</table></details>"])


def _form(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"<a href=#shape-{name}>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_form(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if schema.get("type") == "array":
        return f"list of {_form(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type") or ""))


def _words(text: str) -> str:
    """Return text with what stands between backquotes as code."""
    pieces = escape(text.replace("``", "`")).split("`")
    return "".join(f"<code>{each}</code>" if n % 2 else each for n, each in enumerate(pieces))
