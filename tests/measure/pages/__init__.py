"""What the page costs among very many dialogs."""
