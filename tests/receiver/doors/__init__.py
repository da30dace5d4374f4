"""What comes in by HTTP: events, blobs, and whatever hostile clients send."""
