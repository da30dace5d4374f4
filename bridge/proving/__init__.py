"""Proof that no letter is missing: mailboxes compared with what is stored."""
