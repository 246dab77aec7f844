"""`/coverage`: its subcommands and forms."""
