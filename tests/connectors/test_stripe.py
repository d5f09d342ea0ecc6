"""Stripe's connector and twin under the conformance suite."""

from __future__ import annotations

from datetime import date

from connectors.kit.conformance import Conformance
from connectors.stripe import CONNECTOR, TWIN, populate
from hub.practice.customers import invented

ROWS = populate(invented(130, 7, date(2026, 3, 2)))


class TestStripe(Conformance):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "customers"
    edit = {
        "name": "Renamed Ltd",
        "phone": "+1 202 555 0100",
        "address": {"line1": "1 New Road", "city": "Oslo", "country": "NO"},
        "metadata": {"domain": "renamed.example", "concord_id": "acc_1"},
    }
    clear = {"phone": None, "address": None}
    create = {"name": "Made", "email": "made@made.example", "metadata": {"concord_id": "acc_made"}}
    screen = {"name": "Typed by a person"}
