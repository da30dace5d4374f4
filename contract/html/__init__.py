"""Safe HTML: bounded in size and depth, then made harmless. Both sides apply it."""
