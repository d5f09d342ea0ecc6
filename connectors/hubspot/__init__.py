"""HubSpot: the connector, its practice portal and what it is filled with."""

from __future__ import annotations

from connectors.hubspot.connector import HubSpot
from connectors.hubspot.seed import populate
from connectors.hubspot.twin import HubSpotTwin

CONNECTOR = HubSpot
TWIN = HubSpotTwin

__all__ = ["CONNECTOR", "TWIN", "populate"]
