"""The commands of ``python -m receiver``, one file each, with arguments and action."""
