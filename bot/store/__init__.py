"""What is kept: articles and their search, jobs, conversations; in SQLite or PostgreSQL.

Knows nothing of Slack, of the model or of where articles come from.
"""
