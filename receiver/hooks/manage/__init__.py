"""Managing hooks: by the API and by the command line, which do the same."""
