"""Storms: processes killed at random, and what must hold afterwards. A few rounds run with the tests; `python -m
tests.storms.kill` runs as many as it is told to."""
