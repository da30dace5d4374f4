"""What programs are answered under ``/v1``."""
