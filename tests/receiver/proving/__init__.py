"""That no letter is missing: what ``reconcile`` asks, and the alarm when a mailbox falls silent."""
