"""From documents to what the templates show: pure, each of a document, words and a clock."""
