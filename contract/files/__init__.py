"""Files that people name or leave: their content and their owner."""
