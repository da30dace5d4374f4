"""What the health checks of both sides know, read with the standard library alone."""
