"""What a client sends after DATA: the letter, read to its end and put where it belongs."""
