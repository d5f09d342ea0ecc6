"""Zendesk: the connector, its practice account and what it is filled with."""

from __future__ import annotations

from connectors.zendesk.connector import Zendesk
from connectors.zendesk.seed import populate
from connectors.zendesk.twin import ZendeskTwin

CONNECTOR = Zendesk
TWIN = ZendeskTwin

__all__ = ["CONNECTOR", "TWIN", "populate"]
