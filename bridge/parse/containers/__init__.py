"""Letters inside something else: signed and enveloped data, winmail.dat, uuencode."""
