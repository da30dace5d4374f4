"""What bridges report of themselves, and the orders that they take with the answer."""
