"""Alembic: the history of the tables."""
