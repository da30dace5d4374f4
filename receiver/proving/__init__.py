"""Proof that no letter is missing: which letters of a mailbox are stored."""
