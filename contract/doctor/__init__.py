"""What the doctors of both sides have in common."""
