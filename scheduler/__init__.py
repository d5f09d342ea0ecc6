"""When: Celery only rings; what is due stands in the database, and a lease there decides who does it."""
