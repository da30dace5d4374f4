"""What is sent beside letters, and when failed sending is repeated."""
