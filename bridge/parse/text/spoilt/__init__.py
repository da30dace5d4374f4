"""Texts that a program spoiled before writing them: misread, escaped, spelt out."""
