"""Letters within something else: signed and enveloped data, winmail.dat, uuencode."""
