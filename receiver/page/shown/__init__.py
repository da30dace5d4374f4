"""From documents to values for the templates: pure functions of a document, words and a clock."""
