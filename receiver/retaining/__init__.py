"""What goes after so many days, by mailbox, and what is held back from that."""
