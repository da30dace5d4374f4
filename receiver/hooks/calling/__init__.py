"""One call of a hook's target: the connection, the request, and what counts as an answer."""
