"""After an erasure: later letters that mention an erased person, and earlier backups."""
