"""What reaches the bot: events, clicks and commands, in Slack's shapes, over its sockets or its request URL."""
