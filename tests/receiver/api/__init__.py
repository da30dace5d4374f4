"""What programs are answered: ``/v1``, tokens, corrections."""
