"""Lists of dialogs, a page at a time: in spans of an index, and with any conditions."""
