"""What keeps it running: commands, backup, migration, erasing, retention."""
