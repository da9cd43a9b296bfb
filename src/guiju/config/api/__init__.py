"""The REST API: one description, one door, one way to refuse; each room brings its operations."""
