"""Whole conversations through the real receiver, in any order, against other engines."""
