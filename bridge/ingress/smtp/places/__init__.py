"""Who has a connection when there are not enough for all."""
