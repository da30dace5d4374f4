"""Starts with all kinds of settings: each mistake is reported, none ends in a traceback."""
