"""Backups and restores, made while letters come and go."""
