"""The page for people: dialogs as conversations, and why each letter is where it is."""
