"""Search: its rules by tables, its index compared with a scan of all letters."""
