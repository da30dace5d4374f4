"""What docs/operations tells to do, and what compose runs, done for real."""
