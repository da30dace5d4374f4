"""Archives that hold letters: zip and tar."""
