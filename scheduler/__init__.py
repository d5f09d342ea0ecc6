"""When: Celery app, beat, short tasks."""
