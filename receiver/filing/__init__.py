"""Carries out what the threads say: looks, decides, writes, and mends."""
