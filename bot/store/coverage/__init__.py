"""The coverage of a workspace: articles with their versions, where they come from, and what came when."""
