"""Files that only the holder of a passphrase reads, and where any change or cut is noticed."""
