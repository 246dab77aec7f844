"""An answer from the accepted question to the clicks under it, and what those who follow it hear."""
