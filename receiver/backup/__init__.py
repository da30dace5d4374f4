"""Backups: a database written to a directory, and read back from it."""
