"""What a restore takes back in time, and who must not go by what was."""
