"""Kept originals read by today's code, for making stored letters anew."""
