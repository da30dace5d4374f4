"""The programs of tests/measure/: their counts are right, and some of their claims hold."""
