"""``python -m bridge doctor``: what keeps letters from coming in or going on, or soon will."""
