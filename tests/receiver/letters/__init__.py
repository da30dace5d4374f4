"""What one letter says."""
