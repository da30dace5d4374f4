"""What is known against the runtime's dependencies: asked of pip-audit, and kept as a list."""
