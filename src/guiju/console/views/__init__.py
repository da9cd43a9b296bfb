"""Pages of the staff shell."""
