"""Accepted work, kept until it is done."""
