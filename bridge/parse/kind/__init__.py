"""The kind of a letter, and what a bounce is about."""
