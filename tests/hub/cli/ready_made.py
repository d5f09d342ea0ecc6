"""A process that has imported what the `hub` command imports, and forks itself for each command: the same process, born sooner.

Reads a JSON object a line, {"words", "environment", "folder", "out", "err"}; answers with the exit status.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module

ENGINE = (
    "typer.rich_utils", "rich.console", "rich.table", "sqlalchemy.dialects.postgresql", "psycopg", "httpx", "structlog", "alembic",
    "hub.opening", "hub.connections", "hub.sync", "hub.outbound", "hub.delivery.deliver", "hub.readings.status", "hub.finance",
    "connectors.kit.registry", "connectors.stripe", "connectors.hubspot", "connectors.zendesk", "connectors.mixpanel",
)  # fmt: skip


def played(job: dict[str, str]) -> int:
    """In the child: everything that a new process would be given, then the command itself."""
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    for number, name in ((1, job["out"]), (2, job["err"])):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["hub", *job["words"]]
    try:
        import_module("hub.cli").main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
            return 1
        return end.code or 0
    except BaseException:  # noqa: BLE001  # as the interpreter ends
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    for name in ENGINE:
        import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = played(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
