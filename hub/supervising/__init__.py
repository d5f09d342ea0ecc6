"""Processes of ours: started together, started again when they end, stopped in order. None outlives its supervisor."""

from hub.supervising.roles import Role
from hub.supervising.signals import Told
from hub.supervising.supervisor import Supervisor

__all__ = ["Role", "Supervisor", "Told"]
