"""Trace: what was pasted, the letters and dialogs that it may mean, and the page."""
