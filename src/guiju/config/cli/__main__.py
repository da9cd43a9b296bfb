"""``python -m guiju.config.cli`` is the ``guiju`` command."""

from guiju.config.cli.root import main

main()
