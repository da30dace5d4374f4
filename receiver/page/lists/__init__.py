"""The list of dialogs: its tabs a page at a time, and what a search has found."""
