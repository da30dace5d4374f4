"""Programs that measure, compare or break things for minutes; each has its target of make."""
