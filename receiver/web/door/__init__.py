"""The connections of the HTTP door: how long each may take, and who gives way to whom."""
