"""A person's data on the page: what is held, for taking along, and its erasure."""
