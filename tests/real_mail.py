"""The place of real people's letters, if there are any: CORPUS, or beside the checkout."""

import os
from pathlib import Path

from tests.servers import ROOT

CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")
