"""Which letters are one dialog, whoever files them, in whatever order."""
