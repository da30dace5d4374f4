"""Dialogs: takes signed events by HTTP, finds the dialog of each letter, writes it to MongoDB."""

import sys
from importlib.util import find_spec

if find_spec("OpenSSL") is None:
    # Looking for PyOpenSSL the driver loads `cryptography` first, 2.5 MB, and keeps it unused.
    sys.modules.setdefault("pymongo.pyopenssl_context", None)  # type: ignore[arg-type]
