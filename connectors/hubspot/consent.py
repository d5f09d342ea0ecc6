"""Communication preferences by e-mail address. https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from connectors.hubspot.api import Api
from connectors.hubspot.config import Basis
from connectors.kit.errors import AuthFailed, Rejected

Status = dict[str, Any]
EMAIL = [("channel", "EMAIL")]
BATCH = 100
DENIED = "UNSUBSCRIBED"
BASES = frozenset(get_args(Basis))
EXPLANATION = "Agreed with the other systems that know this person"


class Preferences:
    """Read in batches, which HubSpot sells with Marketing Enterprise only; else one by one; else not at all.

    Written one by one. `basis`: the legal basis of a yes that comes without one.
    """

    def __init__(self, api: Api, basis: str | None = None) -> None:
        self._api = api
        self._basis = basis
        self._ways = [self._batch, self._each]

    def read(self, emails: Sequence[str]) -> dict[str, dict[str, Status]] | None:
        """By address and subscription type. None: this key may not read them. A portal-wide opt-out is not here but in the
        contact's `hs_email_optout`.
        """
        while self._ways:
            try:
                return self._ways[0](emails)
            except AuthFailed as error:
                if error.code != "scope_missing":
                    raise
                del self._ways[0]
        return None

    def write(self, email: str, wanted: Mapping[str, Status]) -> None:
        """Sends what differs, each no before any yes. Raises Rejected where HubSpot does not have it, or does not let us."""
        if not email:
            raise Rejected("no_address")
        held = (self.read([email]) or {}).get(email, {})
        missing = sorted(wanted.keys() - held.keys())
        if missing:
            raise Rejected("subscription_missing", subscriptions=missing)
        due = [id for id, status in wanted.items() if status["status"] != held[id]["status"]]
        for id in sorted(due, key=lambda id: (wanted[id]["status"] != DENIED, id)):
            self._write(email, id, wanted[id])

    def _write(self, email: str, id: str, status: Status) -> None:
        body: Status = {"channel": "EMAIL", "subscriptionId": int(id), "statusState": status["status"]}
        basis = status.get("legalBasis")
        basis = basis if basis in BASES else self._basis
        if basis is not None and status["status"] == "SUBSCRIBED":
            body |= {"legalBasis": basis, "legalBasisExplanation": EXPLANATION}
        try:
            self._api.post("communication-preferences", "statuses", email, body=body)
        except AuthFailed as error:
            if error.code != "scope_missing":
                raise
            raise Rejected(error.code, **error.data) from error  # everything else of the contact can go on

    def _batch(self, emails: Sequence[str]) -> dict[str, dict[str, Status]]:
        found: dict[str, dict[str, Status]] = {}
        for start in range(0, len(emails), BATCH):
            body = {"inputs": list(emails[start : start + BATCH])}
            answer = self._api.post(
                "communication-preferences", "statuses", "batch", "read", body=body, query=EMAIL, reads=True
            )
            found |= {each["subscriberIdString"].lower(): _statuses(each["statuses"]) for each in answer["results"]}
        return found

    def _each(self, emails: Sequence[str]) -> dict[str, dict[str, Status]]:
        return {
            email: _statuses(self._api.get("communication-preferences", "statuses", email, query=EMAIL)["results"])
            for email in emails
        }


def denials(wanted: Mapping[str, Status]) -> dict[str, Status]:
    return {id: status for id, status in wanted.items() if status["status"] == DENIED}


def barred(wanted: Mapping[str, Status], opted_out: bool) -> Rejected | None:
    """The portal-wide opt-out stands above every subscription, and only the person can take it back."""
    granted = sorted(str(status.get("name") or id) for id, status in wanted.items() if status["status"] != DENIED)
    return Rejected("opted_out", topics=granted) if opted_out and granted else None


def _statuses(rows: Sequence[Status]) -> dict[str, Status]:
    """What was said, in one order and without its time: where nobody ever answered, HubSpot gives the time of the question."""
    said = {
        str(row["subscriptionId"]): {
            "name": row.get("subscriptionName"),
            "status": row["status"],
            "legalBasis": row.get("legalBasis"),
        }
        for row in rows
    }
    return {id: said[id] for id in sorted(said, key=lambda id: (len(id), id))}
