"""Reports of bridges, and the orders in the answers."""
