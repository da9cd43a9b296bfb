"""The staff shell: today, customers, people, oversight and settings."""
