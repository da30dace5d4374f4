"""The procedures of docs/operations and of compose, carried out for real."""
