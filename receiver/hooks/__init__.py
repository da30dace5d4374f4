"""Outgoing hooks: addresses of the user's own that are told what happens, at least once each."""
