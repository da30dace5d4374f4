"""What the page says, as pure functions."""
