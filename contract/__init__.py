"""What the bridge and the receiver agree on: the event and its signature."""
