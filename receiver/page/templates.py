"""The templates and static files: read once, as none changes while we run."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent
MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """A style, script or picture of ours; ``tag`` is a digest of its content."""

    content: bytes
    media: str
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Return the files of ``static`` by name."""
    found = {}
    for path in (HERE / "static").iterdir():
        if path.suffix in MEDIA:
            content = path.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:16]
            found[path.name] = StaticFile(content, MEDIA[path.suffix], tag)
    return found


def static_url(name: str) -> str:
    """Return the URL of a file; it changes with the content."""
    return f"/static/{name}?{static_files()[name].tag}"


@dataclass(frozen=True)
class StyleWithin:
    """A style inside a page, and its source for the content security policy (CSP3 2.3.1)."""

    text: Markup
    source: str


@cache
def style_within() -> StyleWithin:
    """Return the whole style, for a page whose browser cannot request another file."""
    content = b"".join(static_files()[name].content for name in ("page.css", "media.css"))
    digest = b64encode(hashlib.sha256(content).digest()).decode()
    return StyleWithin(Markup(content.decode()), f"'sha256-{digest}'")  # noqa: S704 - it is ours


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = static_url
    return environment


def rendered(name: str, **values: Any) -> str:
    """Return a page; a value that a template needs and does not get is an error."""
    return _environment().get_template(name).render(**values)
