"""Which parts a letter has: the MIME tree, files, and containers such as winmail.dat."""
