"""Following a mailbox on Dovecot through kills and a renumbering, and the books afterwards."""
