"""Types of values: each reads raw text into a canonical JSON value, shows it, masks it and names its lookup terms."""
