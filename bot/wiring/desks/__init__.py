"""Where questions are answered, coverage is summed up, the ledger is kept and digests are made."""
