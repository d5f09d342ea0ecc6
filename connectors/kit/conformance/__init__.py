"""The suite that every connector inherits: real connector, real transport, its own twin over HTTP.

class TestAcme(Conformance):
    connector, twin, data = Acme, AcmeTwin, ROWS
    object, edit, clear, create, screen = "people", {"name": "New"}, {"name": ""}, {"name": "Made"}, {"name": "Typed"}
"""

from __future__ import annotations

from connectors.kit.conformance.doorbell import Doorbell
from connectors.kit.conformance.reading import Reading
from connectors.kit.conformance.stage import Scene
from connectors.kit.conformance.weather import Weather
from connectors.kit.conformance.writing import Writing

__all__ = ["Conformance", "Scene"]


class Conformance(Reading, Writing, Weather, Doorbell):
    """Name the subclass `Test…`. What each attribute means stands in `stage.Stage`."""
