"""The keeper: PostgreSQL and Redis of our own under HUB_HOME, alive as long as somebody uses them, and not longer."""

from hub.keeper.join import Services, keep

__all__ = ["Services", "keep"]
