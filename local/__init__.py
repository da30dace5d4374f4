"""Everything on one machine, without containers: `make run`, `make demo` and `make letter`."""
