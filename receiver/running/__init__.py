"""What goes on as long as the receiver runs: whether it is ready, what it does by itself."""
