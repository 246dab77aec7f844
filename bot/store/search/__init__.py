"""Finding excerpts by their words, and by meaning: one ranking over each database's own index."""
