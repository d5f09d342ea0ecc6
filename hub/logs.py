"""Where our own words about running go: stderr, one line each, so that stdout is a command's answer and nothing else."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = ("httpx", "httpcore", "urllib3", "stripe", "hubspot", "kombu", "amqp", "alembic")
"""Libraries whose chatter may hold addresses and bodies: only their warnings."""


def set_up(level: str) -> None:
    """Call it once per process, before anything is logged. `level`: debug, info, warning or error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
