"""What people asked, wish for and may do, and what the model was used for on their behalf."""
