"""Which letters are one dialog, and why. Pure."""
