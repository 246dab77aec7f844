"""How coverage comes in, and is made ready to be found."""
