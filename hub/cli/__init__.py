"""The `hub` command. Each room registers its commands; SDKs and the engine are imported by the command that needs them."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper

import typer

from hub.cli import rim
from hub.words import Problem, text

ROOMS = (
    "demo", "up", "twins", "checking", "connecting", "syncing", "standing",
    "planned", "asking", "deciding", "matching", "refused", "hooks", "trying", "processes", "arr", "tieout",
    "tieout_signing", "bridge", "people",
)  # fmt: skip
"""In the order in which `hub --help` lists their commands."""


def make_app() -> typer.Typer:
    app = typer.Typer(
        name="hub",
        help=text("Concord keeps the systems that know your customers in agreement, and can tell you why."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for room in ROOMS:
        if find_spec(f"{__name__}.{room}") is not None:
            import_module(f"{__name__}.{room}").register(app)
    return app


def main() -> None:
    """Exit statuses: 0 done, 1 failed, 2 unusable arguments or configuration, 3 waits for a person."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error has it: half a character ends no command
    try:
        make_app()()
    except Problem as problem:
        sys.exit(rim.complain(problem))
    except KeyboardInterrupt:
        sys.exit(130)
