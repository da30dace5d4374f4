"""What is known of the sender: SPF, DKIM, and whether they speak for the author."""
