"""Files that people name or leave: what they say, and whose they are."""
