"""What the index of words costs a letter and the disk, and how long searches take."""
