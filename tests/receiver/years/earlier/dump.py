"""The documents of database.jsonl, which ``write_earlier.py`` wrote."""

from pathlib import Path
from typing import Any

from bson.json_util import loads

DUMP = Path(__file__).parent / "database.jsonl"
LINES = [loads(line) for line in DUMP.read_text(encoding="utf-8").splitlines()]
EARLIER = [document for name, document in LINES if name == "dialogs"]


def place_of(number: str) -> Any:
    """Return the id of the document before in which a letter stood."""
    for document in EARLIER:
        if any(each.get("body") == number for each in document["messages"]):
            return document.get("continues", document["_id"])
    raise KeyError(number)
