"""After an erasure: letters that come later, and restored backups, bring nobody back."""
