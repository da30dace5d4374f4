"""What the health checks of both sides share, using the standard library alone."""
