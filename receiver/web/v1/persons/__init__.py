"""A person's data by the API: shown, exported, erased."""
