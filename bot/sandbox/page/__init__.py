"""The sandbox's page: its routes, what is done on it, and who may call them."""
