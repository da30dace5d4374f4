"""``make imap-soak LETTERS=… KILLS=… SEED=…``: exits 1 if a letter is lost, doubled or misplaced.

It exits 1, too, if a letter that arrives while all is quiet takes longer than two seconds.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests import servers
from tests.imap import dovecot
from tests.measure.imap_soak.run import DATABASE, Soak

TARGET_SECONDS = 2.0


def main() -> int:
    """Read the command line, run, and print the result."""
    parser = argparse.ArgumentParser(prog="make imap-soak", description=__doc__)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--arrivals", type=int, default=50, help="letters timed in the end")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    if dovecot.DOVECOT is None:
        print("Dovecot is not installed: apt-get install dovecot-imapd")
        return 2
    print(f"SEED={arguments.seed}", flush=True)
    directory = Path(tempfile.mkdtemp(prefix="imap-soak-"))
    (directory / "mongo").mkdir()
    with servers.mongo(directory / "mongo") as uri, dovecot.running() as server:
        soak = Soak(directory, uri, DATABASE, server, arguments.seed)
        report = soak.run(arguments.letters, arguments.kills, arguments.arrivals)
    print("\n".join(report.lines()))
    good = report.good and max(report.waits, default=0.0) <= TARGET_SECONDS
    if good:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"logs and spool: {directory}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
