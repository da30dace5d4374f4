"""How truly real letters are read, measured on mail that nobody here wrote."""
