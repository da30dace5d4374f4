"""Fuzzing: every "whatever" of the tests with fresh seeds, and libFuzzer on what reads bytes."""
