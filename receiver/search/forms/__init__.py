"""The stems of words, which all forms of a word share; one file for each language."""
