"""What goes on while the receiver runs: its readiness, and what it does by itself."""
