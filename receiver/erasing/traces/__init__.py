"""Traces of a person in letters of others: in their words, files and originals."""
