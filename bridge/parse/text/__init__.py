"""Bytes to characters: charsets, encoded words, quoted strings, text that can be stored."""
