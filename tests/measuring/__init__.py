"""The programs of tests/measure/: what they count is so, and some of what they measure holds."""
