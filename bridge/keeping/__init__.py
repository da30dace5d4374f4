"""A backup of what only the bridge has: letters in the spool, IMAP cursors, the secret."""
