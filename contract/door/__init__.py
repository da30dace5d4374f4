"""What both doors, SMTP and HTTP, hold against a client who asks too much."""
