"""What a bridge tells of itself, and the orders that it takes."""
