"""Settings, addresses, the API mount, the embedded database and the command line."""
