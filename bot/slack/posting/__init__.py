"""The ways out: to a conversation, to one person alone, and what goes out as a file."""
