"""A person's data: what is held, its export, its erasure, and proof of that."""
