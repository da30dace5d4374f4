"""Dialogs: takes signed events by HTTP, finds the dialog of each letter, writes it to MongoDB."""
