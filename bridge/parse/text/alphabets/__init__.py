"""The alphabet of bytes without a true label that are neither Russian nor Western."""
