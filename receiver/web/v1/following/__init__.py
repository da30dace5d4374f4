"""Following what happens: the changes since a state, and a stream that announces them."""
