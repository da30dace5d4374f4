"""The HTTP side: requests are verified, validated, handed on, and answered."""
