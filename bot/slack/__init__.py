"""The edge to people: listeners, blocks, streams, posts. It knows no model and no database."""
