"""What is deleted after so many days, by mailbox, and what is kept in spite of that."""
