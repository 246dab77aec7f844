"""The edge to the model: prompts, replies, retries, kept replies. It knows no Slack and no database."""
