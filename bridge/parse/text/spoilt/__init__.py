"""Texts that a program spoiled before it wrote them: read wrong, escaped, spelt out."""
