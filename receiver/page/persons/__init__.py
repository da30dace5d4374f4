"""A person's data on the page: what is held, its export, and its erasure."""
