"""Makes letters anew from their originals by today's reading; keys, ids and corrections stay."""
