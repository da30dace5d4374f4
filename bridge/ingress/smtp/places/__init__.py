"""Which clients get a connection when there are not enough for all."""
