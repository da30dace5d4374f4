"""Whether, and where, a writer answered between the lines of a quotation."""
