"""The standing comparisons of a workspace, what people say about them, and up to when they were told."""
