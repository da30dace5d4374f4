"""Databases that earlier versions wrote, and the programs that made them write these."""
