"""From the spool to the receiver: each letter is parsed, sent, and tried again if need be."""
