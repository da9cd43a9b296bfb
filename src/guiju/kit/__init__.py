"""Shared vocabulary without tables: refusals, identifiers, actors, clock types, export writers, page components."""
