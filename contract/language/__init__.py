"""Texts for whoever sits at a terminal, in Russian where that is; logs are English always."""
