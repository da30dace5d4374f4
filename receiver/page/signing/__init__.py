"""Signing in to the page: from where, by what, who it is, and until when."""
