"""Mixpanel: the connector, its practice project and what it is filled with."""

from __future__ import annotations

from connectors.mixpanel.connector import Mixpanel
from connectors.mixpanel.seed import populate
from connectors.mixpanel.twin import MixpanelTwin

CONNECTOR = Mixpanel
TWIN = MixpanelTwin

__all__ = ["CONNECTOR", "TWIN", "populate"]
