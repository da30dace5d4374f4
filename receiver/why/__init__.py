"""Why each letter is in its dialog, told to people: the reads, and the words."""
