"""The words of a letter: plain text, HTML made harmless, invitations in words."""
