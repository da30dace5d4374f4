"""Formats of text with commands in them, read as plain text or as a page: RTF, enriched text."""
