"""Protection of both doors, SMTP and HTTP, against clients that ask too much."""
