"""The edge that keeps things: articles and their search, jobs, conversations; SQLite or PostgreSQL."""
