"""`python -m scheduler worker|beat`: what a supervisor starts, over the services that its environment names."""

from __future__ import annotations

import sys

from hub import logs
from scheduler.app import app, settings

PROCESSES = "2"

if __name__ == "__main__":
    logs.set_up(settings.log)
    command = {
        "worker": ["worker", "--concurrency", PROCESSES, "--without-gossip", "--without-mingle"],
        "beat": ["beat", "--pidfile="],
    }
    sys.exit(app.start(["--quiet", *command[sys.argv[1]], "--loglevel", settings.log]))
