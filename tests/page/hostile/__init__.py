"""Letters that attack their readers, and pages that they would fill."""
