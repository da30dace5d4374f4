"""What is known of the sender: SPF, DKIM, and whether they align with the author."""
