"""Crosscheck: answers from a story's coverage, cited, with the sources' disagreements said plainly."""

__version__ = "0.1.0"
