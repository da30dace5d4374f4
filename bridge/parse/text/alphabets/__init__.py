"""Which alphabet bytes without a true label are in, where it is neither Russian nor Western."""
