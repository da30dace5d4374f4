"""``make fuzz SECONDS=… SEED=…``: exits 1 at the first input that breaks a promise, and shows it.

All of it takes so many seconds, what starts included; less than a minute is too little for that.
A third of the time all tests that say "whatever" (those by Hypothesis: parsing, the contract,
signatures, the SMTP dialogue and more) run again and again, each time with another seed. A third
Schemathesis asks the API whatever its description allows, and more. A third libFuzzer looks for
bytes that reach new code, where atheris is installed: of little time, of some targets only, which
are others with another seed. What is found belongs into a test, as ``@example``.
"""

import argparse
import importlib.util
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from tests.measure.fuzz.api import fuzz_api
from tests.servers import ROOT, environment

TARGETS = ("parse", "contract", "signature", "spool", "mbox")
RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
EXAMPLES = re.compile(r"(\d+) passing")
MINIMUM = 5.0  # seconds, in which a test fails that fails at once
WORTH = 5.0  # seconds that a target needs to come to something, with its start


def main() -> int:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    print(f"fuzzing for {arguments.seconds:.0f} s, SEED={arguments.seed}", flush=True)
    guided = importlib.util.find_spec("atheris") is not None
    if not guided:
        print("atheris is not installed: no guided fuzzing")
    began, share = time.monotonic(), arguments.seconds / (3 if guided else 2)
    good = repeat_properties(began + share, arguments.seed)
    good = fuzz_api(arguments.seed, until=began + 2 * share) and good
    if guided:
        good = guide_all(began + 3 * share, arguments.seed) and good
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return 0 if good else 1


def repeat_properties(deadline: float, seed: int) -> bool:
    """Run the tests by Hypothesis, file by file, until the time is over or one fails.

    The file that runs then is cut short and says nothing.
    """
    examples = 0
    files = sorted(path for path in ROOT.glob("tests/**/test_*.py") if "@given" in path.read_text())
    random.Random(seed).shuffle(files)
    for number, path in enumerate(cycle(files)):
        if number and time.monotonic() > deadline:
            print(
                f"properties: {examples} examples, {number} runs of {len(files)} files, none fails"
            )
            return True
        options = ["-q", "-x", "-m", "hypothesis", "--hypothesis-profile=fuzz"]
        options += ["--hypothesis-show-statistics", f"--hypothesis-seed={seed + number}", str(path)]
        try:
            done = run(["-m", "pytest", *options], max(deadline - time.monotonic(), MINIMUM))
        except subprocess.TimeoutExpired:
            continue  # the time is over
        examples += sum(map(int, EXAMPLES.findall(done.stdout)))
        if done.returncode:
            print(done.stdout)
            return False
    raise AssertionError("no test has a property")


def guide_all(deadline: float, seed: int) -> bool:
    """Have libFuzzer work on one target after the other, for which there is time."""
    good, targets = True, random.Random(seed).sample(TARGETS, len(TARGETS))
    for number, target in enumerate(targets):
        now = time.monotonic()
        if number and deadline - now < WORTH:
            print(f"no time for {', '.join(targets[number:])}")
            break
        share = max(WORTH, (deadline - now) / (len(targets) - number))
        good = guide(target, now + share, seed) and good
    return good


def guide(target: str, deadline: float, seed: int) -> bool:
    """Have libFuzzer work on one target; an input that fails is kept."""
    directory = Path(tempfile.mkdtemp(prefix=f"fuzz-{target}-"))
    program = ["-m", "tests.measure.fuzz.guided"]
    done = run([*program, target, str(deadline), str(seed), str(directory)])
    runs = RUNS.search(done.stdout)
    found = list(directory.glob("*-*"))
    if done.returncode or found:
        print(done.stdout[-5000:], f"{target}: fails, see {directory}", sep="\n", flush=True)
        return False
    print(f"{target}: {runs[1] if runs else '?'} inputs, none fails", flush=True)
    return True


def run(arguments: list[str], seconds: float | None = None) -> "subprocess.CompletedProcess[str]":
    """Run Python with the arguments, its output in one; raises TimeoutExpired.

    It is interrupted then, and ends what it has started.
    """
    command = [sys.executable, *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.communicate()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output)


if __name__ == "__main__":
    sys.exit(main())
