"""A person's letters that wait or failed at the bridge, taken away for good."""
