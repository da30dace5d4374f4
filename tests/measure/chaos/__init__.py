"""Chaos: the real processes under every fault we can think of, and a ledger that must balance."""
