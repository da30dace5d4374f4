"""What stands below a letter's words: its writer's card, a client's tail, a list's footer."""
