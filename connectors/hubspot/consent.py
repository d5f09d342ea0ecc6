"""Communication preferences by e-mail address. https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.hubspot.api import Api
from connectors.kit.errors import AuthFailed

Status = dict[str, Any]
EMAIL = [("channel", "EMAIL")]
BATCH = 100


class Preferences:
    """In batches, which HubSpot sells with Marketing Enterprise only; else one by one; else not at all."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._ways = [self._batch, self._each]

    def read(self, emails: Sequence[str]) -> dict[str, list[Status]] | None:
        """None: this key may not read them. A portal-wide opt-out is not here but in the contact's `hs_email_optout`."""
        while self._ways:
            try:
                return self._ways[0](emails)
            except AuthFailed as error:
                if error.code != "scope_missing":
                    raise
                del self._ways[0]
        return None

    def _batch(self, emails: Sequence[str]) -> dict[str, list[Status]]:
        found: dict[str, list[Status]] = {}
        for start in range(0, len(emails), BATCH):
            body = {"inputs": list(emails[start : start + BATCH])}
            answer = self._api.post(
                "communication-preferences", "statuses", "batch", "read", body=body, query=EMAIL, reads=True
            )
            found |= {each["subscriberIdString"].lower(): _statuses(each["statuses"]) for each in answer["results"]}
        return found

    def _each(self, emails: Sequence[str]) -> dict[str, list[Status]]:
        return {
            email: _statuses(self._api.get("communication-preferences", "statuses", email, query=EMAIL)["results"])
            for email in emails
        }


def _statuses(rows: Sequence[Status]) -> list[Status]:
    """What was said, in one order and without its time: where nobody ever answered, HubSpot gives the time of the question."""
    said = [
        {
            "id": str(row["subscriptionId"]),
            "name": row.get("subscriptionName"),
            "status": row["status"],
            "legalBasis": row.get("legalBasis"),
        }
        for row in rows
    ]
    return sorted(said, key=lambda status: (len(status["id"]), status["id"]))
