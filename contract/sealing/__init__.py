"""Encrypted files that only a passphrase opens, and in which any change or cut is noticed."""
