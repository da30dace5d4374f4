"""From an id or a Message-ID to what became of the letter, for people who ask."""
