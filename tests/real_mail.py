"""Where letters of real people lie, for those who have some: CORPUS, or beside the checkout."""

import os
from pathlib import Path

from tests.servers import ROOT

CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")
