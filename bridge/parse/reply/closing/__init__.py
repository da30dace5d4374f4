"""What stands below a letter's words: the writer's card, a client's tail, a list's footer."""
