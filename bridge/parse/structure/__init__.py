"""The parts of a letter: the MIME tree, files, and containers such as winmail.dat."""
