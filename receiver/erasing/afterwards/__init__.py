"""What comes after an erasure: letters that tell of who was erased, and backups of before."""
