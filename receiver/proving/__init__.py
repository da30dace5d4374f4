"""Proof that nothing is missing: what is stored of what a mailbox has."""
