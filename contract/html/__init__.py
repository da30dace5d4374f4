"""What HTML is safe: bounded in size and depth, then made harmless. Both sides apply it."""
