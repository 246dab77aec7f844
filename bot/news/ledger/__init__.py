"""The ledger: comparisons that are kept, and that new coverage opens, moves and settles."""
