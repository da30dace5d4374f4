"""What a bridge tells of itself, the orders that it takes, and what it reads in letters."""
