"""How the words of a letter read: plain text, HTML made harmless, invitations in words."""
