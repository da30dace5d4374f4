"""One target under libFuzzer, guided by what code is reached.

``python -m tests.measure.fuzz.guided TARGET DEADLINE SEED DIRECTORY``. The deadline is one of
``time.monotonic()``, since to start takes seconds. The directory takes the inputs found; one that
fails lies there as ``crash-…``.

Ends with a status other than 0 at the first failure, at an input that takes longer than ten
seconds, and at one that takes more than 2 GiB.
"""

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bridge", "contract", "receiver"]):
    from tests.measure.fuzz.targets import TARGETS, seeds


def main() -> None:
    """Fuzz; does not return."""
    target, deadline, seed, directory = sys.argv[1:]
    corpus = Path(directory, target)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(content)
    seconds = max(1, round(float(deadline) - time.monotonic()))
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=8192", "-timeout=10"]
    options += ["-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={directory}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
