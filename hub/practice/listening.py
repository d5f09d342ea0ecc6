"""What was heard while nothing is written yet: how far the systems are apart, before anybody lets writing go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.readings.arr.compared import compared
from hub.readings.differences import tally
from hub.readings.sending import WOULD_BE_SENT, counted_values
from mappings.currency import amount_text


def heard(hub: Hub, database: Database) -> dict[str, Any]:
    """`values`: that would be sent; `arr_crm`: sums of what the CRM holds, by currency."""
    would = counted_values(hub, database, WOULD_BE_SENT)
    rows = compared(hub, database)
    return {
        "values": would.values,
        "blanks": would.blanks,
        "disagreements": tally(hub, database).disagreements,
        "arr_rows": {"rows": rows.rows, "matching": rows.matching, "unknown": rows.unknown},
        "arr_crm": {currency: amount_text(amount, currency) for currency, amount in sorted(rows.crm.items())},
    }
