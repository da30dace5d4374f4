"""A person is erased: everywhere, for good, and nothing of anybody else."""
