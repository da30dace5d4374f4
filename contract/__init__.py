"""What the bridge and the receiver agree on: the event, its signature, and what both know of mail.

Imports neither side, and does no I/O beyond reading its settings and secrets.
"""

__version__ = "0.2.0"
