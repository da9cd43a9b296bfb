"""People, units, roles, purposes, decisions, sessions and the action door."""
