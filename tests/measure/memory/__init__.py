"""How much memory the service takes while large letters arrive."""
