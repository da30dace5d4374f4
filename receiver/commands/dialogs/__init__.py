"""Commands that show what the database holds: dialogs, letters, and why they are there."""
