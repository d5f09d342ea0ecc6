"""`python -m hub.cli`: the same command, where no script is installed."""

from hub.cli import main

main()
