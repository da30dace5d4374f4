"""Who may ask for what: tokens and what they grant. Pure."""
