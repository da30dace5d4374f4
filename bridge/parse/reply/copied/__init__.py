"""The header fields that a client copies above the letter it answers or forwards."""
