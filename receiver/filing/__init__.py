"""Carries out what the threads say: keep the letters, look, decide, show the dialogs."""
