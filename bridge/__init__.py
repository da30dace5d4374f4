"""Mail in: takes letters by SMTP or IMAP, keeps them in a spool, and hands them to the webhook."""
