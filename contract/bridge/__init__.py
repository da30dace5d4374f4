"""A bridge's report, the orders in the answer, and its reading of letters."""
