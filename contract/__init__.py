"""What bridge and receiver agree on: the event, its signature, and shared knowledge of mail.

Imports neither side, and does no I/O beyond reading its settings and secrets.
"""

__version__ = "0.2.0"
