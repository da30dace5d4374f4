"""The commands of ``python -m receiver``: a file each, with its words and what it does."""
