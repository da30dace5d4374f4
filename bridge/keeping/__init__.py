"""A backup of what the bridge alone has: letters in the spool, cursors of IMAP, the secret."""
