"""Guiju 规矩: the customer system of record for organisations that must prove lawful treatment of customer data."""

__version__ = "0.1.0"
