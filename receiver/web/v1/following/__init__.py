"""Following what happens: changes since a state, and a stream that says that there are some."""
