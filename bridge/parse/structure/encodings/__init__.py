"""Transfer encodings: what they are called, what the bytes are, what was done to them."""
