"""Carries out what the threads decide: store the letters, look, decide, show the dialogs."""
