"""The API for programs: ``/v1``, tokens, corrections."""
