"""``python -m receiver doctor``: what keeps letters from being stored, or soon will."""
