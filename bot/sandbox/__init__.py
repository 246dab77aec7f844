"""A Slack of one's own on loopback. It meets the bot only over HTTP and sockets and imports no other room."""
