"""``/v1``: the store for programs, by tokens. OpenAPI is made of its one table of operations."""
