"""What the Slack room asks of the rest, in that room's words."""
