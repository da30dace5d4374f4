"""How the API describes itself: for programs, and for people."""
