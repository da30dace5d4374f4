"""Makes letters anew from their originals by today's code; keys, ids and corrections stay."""
