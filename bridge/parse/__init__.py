"""What a letter says: pure functions from its bytes to a ``ParsedLetter``."""
