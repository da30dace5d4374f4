"""What changed in a mailbox, for whoever follows it: told at least once each."""
