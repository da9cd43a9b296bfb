"""The ``guiju`` command: one small file per group of commands."""

from guiju.config.cli.root import main

__all__ = ["main"]
