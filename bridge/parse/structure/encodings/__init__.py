"""Transfer encodings: their names, their decoding, and damage to encoded bytes."""
