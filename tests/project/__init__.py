"""What the repository says of itself: imports, documents, settings, packages."""
