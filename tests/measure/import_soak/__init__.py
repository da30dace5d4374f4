"""Memory and speed of an import."""
