"""Search: its rules by tables, its index against a look through all letters."""
