"""A letter's new words: its text without quoted history and signature."""
