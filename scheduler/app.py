"""The Celery app. Its messages are doorbells: each may be lost or doubled, so nothing is kept in them but a name."""

from __future__ import annotations

import warnings

from celery import Celery
from celery.platforms import SecurityWarning

from hub.keeper.join import broker_url
from hub.settings import read

# Root is no danger here: only JSON is accepted, so a message cannot carry code.
warnings.filterwarnings("ignore", message="You're running the worker with superuser", category=SecurityWarning)

TICK = 1.0
"""Seconds between two looks at what is due."""
SLICE = 20.0
"""Seconds after which a run stops at the end of a page and rings for the rest."""
LOOK = 60.0
"""Seconds between two looks for possible duplicates while values change."""
FORGET = 3600.0
"""Seconds between two looks for webhooks that nobody needs any more."""
TASK_SECONDS, UNSEEN_SECONDS = 120, 300
"""A task that hangs is ended after the first; a message that nobody confirmed rings again after the second, later."""

settings = read()
app = Celery("concord", broker=settings.redis_url and broker_url(settings.redis_url), include=["scheduler.tasks"])
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_time_limit=TASK_SECONDS,
    broker_transport_options={
        "visibility_timeout": UNSEEN_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A run goes on without Redis: its result stands in the database.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    # In memory: what was rung and when is nobody's business after a restart.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=TICK,
    # A tick that was not heard in time is worth nothing: the next one says the same.
    beat_schedule={"tick": {"task": "tick", "schedule": TICK, "options": {"expires": 5 * TICK}}},
)
