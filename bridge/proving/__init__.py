"""Proof that nothing is missing: what mailboxes have, compared with what is stored."""
