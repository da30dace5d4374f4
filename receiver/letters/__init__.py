"""What one letter says: its ids, its people, its subject. Pure."""
