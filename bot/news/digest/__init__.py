"""A digest: who wishes for one, when it is due, and what it says."""
