"""The connections of the HTTP door: their time limits, and which are closed when it is full."""
