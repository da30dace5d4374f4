"""Takes over a database that versions before 0.2 wrote: docs/upgrade.md."""
