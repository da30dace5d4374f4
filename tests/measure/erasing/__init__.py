"""What an erasure costs as a mailbox grows: ``python -m tests.measure.erasing``."""
