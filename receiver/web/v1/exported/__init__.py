"""A dialog for keeping elsewhere: JSON, or an mbox of its letters."""
