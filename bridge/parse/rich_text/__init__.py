"""Marked-up text formats read as plain text or HTML: RTF, enriched text."""
