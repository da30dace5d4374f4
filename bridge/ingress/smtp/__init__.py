"""Mail in by SMTP: forwarded mail is accepted for the configured recipients only."""
