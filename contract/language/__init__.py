"""Texts at a terminal, in Russian if it is a Russian one; logs are always English."""
