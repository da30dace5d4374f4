"""``make audit``: exits 1 for a dependency with a known weakness, a licence we cannot take, or no
review.

pip-audit is asked where it is there and reaches its data; the list in ``reviewed.toml`` is gone
through in any case.
"""

import json
import subprocess
import sys
from typing import Any

from tests.measure.audit.review import PINS, REVIEW, complaints
from tests.servers import ROOT

PIP_AUDIT = ROOT / ".venv" / "audit" / "bin" / "pip-audit"
SECONDS = 300


def main() -> int:
    """Ask pip-audit, go through the list, and print what is wrong."""
    wrong = [*asked(), *complaints(PINS, REVIEW)]
    for each in wrong:
        print(f"wrong: {each}")
    advisories = sum(len(each.advisories) for each in REVIEW.values())
    print(f"reviewed: {len(PINS)} dependencies, {advisories} advisories, {len(wrong)} wrong")
    return 1 if wrong else 0


def asked() -> list[str]:
    """Return pip-audit's findings; nothing, and a word about it, if it cannot be asked."""
    if not PIP_AUDIT.exists():
        print("pip-audit is not installed: the review list alone is gone through")
        return []
    options = ["--requirement", str(ROOT / "requirements.txt"), "--no-deps", "--disable-pip"]
    command = [str(PIP_AUDIT), *options, "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"pip-audit does not reach its data: {last[:200]}")
        return []
    unknown = [each["name"] for each in found["dependencies"] if "skip_reason" in each]
    print(f"pip-audit: {len(found['dependencies']) - len(unknown)} dependencies looked up")
    if unknown:
        print(f"  it has no data for {len(unknown)}: {', '.join(unknown[:5])} …")
    return [
        f"{each['name']} {each['version']}: {known['id']}"
        for each in found["dependencies"]
        for known in each.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main())
