"""What a start and a command say, in the language of the terminal."""
