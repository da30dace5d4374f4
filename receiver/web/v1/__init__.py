"""``/v1``: the store for programs, by tokens. One table of operations; OpenAPI is made of it."""
