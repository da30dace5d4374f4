"""Mail in by IMAP: folders of the company's mailboxes are followed, and never changed."""
