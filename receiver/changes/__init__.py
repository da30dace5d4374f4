"""Changes in a mailbox, for those who follow it: each told at least once."""
