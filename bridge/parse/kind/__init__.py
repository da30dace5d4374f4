"""What sort of letter it is, and what a bounce is about."""
