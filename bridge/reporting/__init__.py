"""Telling the receiver the bridge's state, and carrying out its orders."""
