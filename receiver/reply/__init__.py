"""The new words of a letter, read beside the letters that it answers. Pure."""
