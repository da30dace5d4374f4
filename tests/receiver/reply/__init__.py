"""Which part of a letter is new, once the letters that it answers are at hand."""
