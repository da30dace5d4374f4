"""Telling the receiver how the bridge is, and taking its orders."""
