"""A restore takes the database back in time: clients must not rely on what they knew."""
