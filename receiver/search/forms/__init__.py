"""The stems of words: what all forms of a word share, a file for each language."""
