"""What a person leaves in letters of others: in their words, files and originals."""
