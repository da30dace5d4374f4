"""Letters that attack whoever looks at them, and pages that they would fill."""
