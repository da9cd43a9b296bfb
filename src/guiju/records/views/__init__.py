"""Pages of customer records."""
