"""Settings from the environment alone, read with the standard library.

A health check runs every ten seconds for years. Reading settings in the usual way
(``contract.environment``, ``contract.settings``) takes a second of processor time each time.
"""

from collections.abc import Mapping
from pathlib import Path

ENV_FILE = "ENV_FILE"  # another file than .env; empty: none
DATA_DIR = "data"
RUNNING = "make-run.json"


def plain(defaults: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str] | None:
    """Return the text of each setting in ``defaults``; an empty one is not set.

    None if a file matters, too: ``.env``, a ``make run`` on the same DATA_DIR, ``NAME_FILE``.
    """
    running = Path(environ.get("DATA_DIR") or DATA_DIR) / RUNNING
    try:
        env_file = environ.get(ENV_FILE) or (ENV_FILE not in environ and Path(".env").exists())
        make_run = running.stat().st_size
    except FileNotFoundError:
        make_run = 0
    except (OSError, ValueError):
        return None
    named = any(environ.get(f"{name}_FILE") for name in ("DATA_DIR", *defaults))
    if env_file or make_run or named:
        return None
    return {name: environ.get(name) or default for name, default in defaults.items()}


def port_of(text: str) -> int | None:
    """Return a port, None if the text is none or is not written in the usual way."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else 0
    return number if 1 <= number <= 65535 else None


def called(host: str) -> str:
    """Return the address for connecting from this machine to a listening host."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
