"""Where a letter lies, safe from crashes, from its arrival until the receiver has it."""
