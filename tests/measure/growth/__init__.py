"""What a letter costs where very many are: processor time of the database and of the receiver."""
