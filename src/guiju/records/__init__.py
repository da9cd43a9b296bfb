"""The collection standard, customers, import, export, quality and duplicates."""
