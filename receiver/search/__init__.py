"""Search: which letters have certain words, in any form; the index for it, and its writer."""
