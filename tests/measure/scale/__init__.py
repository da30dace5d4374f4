"""Whether twice the receivers and databases take twice the letters."""
