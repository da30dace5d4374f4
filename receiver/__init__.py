"""Dialogs: takes signed events by HTTP, finds the dialog of each letter, and writes it to MongoDB."""
