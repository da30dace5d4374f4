"""Mail in, by every way that there is; each hands its letters to the spool."""
