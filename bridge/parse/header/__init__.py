"""What the header says: fields, addresses, dates, Message-IDs."""
