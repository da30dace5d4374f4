"""A dialog as a file to be stored elsewhere: JSON, or an mbox of its letters."""
