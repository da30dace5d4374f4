"""Why each letter is in its dialog, for people: the reads, and the words."""
