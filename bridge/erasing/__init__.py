"""Deleting a person's letters that wait or failed at the bridge, for good."""
