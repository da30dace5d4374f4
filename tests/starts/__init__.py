"""Starts with settings of every kind: each mistake is said, none ends in a traceback."""
