"""Slack's Web API, and what Slack checks before it takes a call."""
