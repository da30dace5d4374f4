"""``python -m tests.measure.fidelity.before DIR [DIR]``: letters that a checkout reads otherwise.

It is compared with this one, or with a second. Both read every file of the corpus. Each field that
both have is compared, and among them the digest of the decoded parts. Exits 1 if a letter differs.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.real_mail import CORPUS
from tests.servers import ROOT

# Run in each checkout, which need not have this file.
READS = """
import hashlib, json, pathlib, sys
from bridge.parse.message import read_letter
def digest(value):
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]
for line in sys.stdin:
    try:
        letter = read_letter(pathlib.Path(line.rstrip("\\n")).read_bytes())
        names = getattr(type(letter), "model_fields", None) or letter.__dataclass_fields__
        print(json.dumps({name: digest(getattr(letter, name)) for name in names}), flush=True)
    except Exception as error:
        print(json.dumps({"raised": type(error).__name__}), flush=True)
"""
NO_LETTERS = {".json", ".md", ".txt", ".bin", ".py", ".toml"}
SHOWN = 20


def main() -> int:
    """Read all letters with both checkouts and print what differs."""
    parser = argparse.ArgumentParser(prog="fidelity.before", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("now", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    asked = parser.parse_args()
    corpus = asked.corpus.resolve()
    letters = letters_in(corpus)
    ours, theirs = (read_in(each, letters) for each in (asked.now, asked.before))
    fields: Counter[str] = Counter()
    names = []
    for path, now, before in zip(letters, ours, theirs, strict=True):
        if found := differing(now, before):
            fields.update(found)
            names.append(f"{path.relative_to(corpus)}: {', '.join(found)}")
    print(*names[:SHOWN], sep="\n")
    by_field = ", ".join(f"{name} {count}" for name, count in fields.most_common())
    print(f"{len(letters)} letters, {len(names)} read otherwise{': ' * bool(fields)}{by_field}")
    return int(bool(names))


def letters_in(corpus: Path) -> list[Path]:
    """Return the files of a corpus that may be letters."""
    files = (path for path in corpus.rglob("*") if path.suffix not in NO_LETTERS)
    return sorted(path for path in files if path.is_file() and "\n" not in str(path))


def read_in(checkout: Path, letters: list[Path]) -> list[dict[str, str]]:
    """Return the digests of what a checkout reads in each letter, by field."""
    python = checkout / ".venv" / "bin" / "python"
    done = subprocess.run(
        [str(python.absolute()) if python.exists() else sys.executable, "-c", READS],
        input="".join(f"{path}\n" for path in letters),
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def differing(now: dict[str, str], before: dict[str, str]) -> list[str]:
    """Return the fields that two readings have in common and read otherwise."""
    if "raised" in now.keys() ^ before.keys():
        return ["raised"]
    return [name for name in now if name in before and now[name] != before[name]]


if __name__ == "__main__":
    sys.exit(main())
