"""What is sent beside letters, and when what was not taken is sent again."""
