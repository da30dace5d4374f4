"""Malformed HTTP: headers, frames and bodies."""
