"""Takes over a database written by versions before 0.2: docs/upgrade.md."""
