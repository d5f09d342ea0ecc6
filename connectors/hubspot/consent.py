"""Communication preferences by e-mail address. https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from connectors.hubspot.api import Api
from connectors.hubspot.config import Basis
from connectors.kit.errors import AuthFailed, Rejected, VendorError

Status = dict[str, Any]
EMAIL = [("channel", "EMAIL")]
BATCH = 100
DENIED = "UNSUBSCRIBED"
WHO = "subscriberIdString"
BASES = frozenset(get_args(Basis))
EXPLANATION = "Agreed with the other systems that know this person"


class Preferences:
    """In batches, which HubSpot sells with Marketing Enterprise only; else one by one; what may not be read, not at all.

    `basis`: the legal basis of a yes that comes without one.
    """

    def __init__(self, api: Api, basis: str | None = None) -> None:
        self._api = api
        self._basis = basis
        self._ways = [self._batch, self._each]
        self._batches = True

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

    def write(self, wanted: Mapping[str, Mapping[str, Status]]) -> dict[str, VendorError]:
        """By address: sends what differs, each no before any yes. Returns for whom HubSpot does not have it, or does not let us."""
        held = self.read(sorted(filter(None, wanted))) or {}
        failed: dict[str, VendorError] = {}
        due: list[Status] = []
        for email, said in wanted.items():
            if (refused := _nowhere(email, said, held.get(email, {}))) is not None:
                failed[email] = refused
                continue
            differing = sorted(id for id, status in said.items() if status["status"] != held[email][id]["status"])
            due += [self._input(email, id, said[id]) for id in differing]
        failed |= self._send([each for each in due if each["statusState"] == DENIED])
        return failed | self._send([each for each in due if each["statusState"] != DENIED and each[WHO] not in failed])

    def _input(self, email: str, id: str, status: Status) -> Status:
        body: Status = {WHO: email, "channel": "EMAIL", "subscriptionId": int(id), "statusState": status["status"]}
        basis = status.get("legalBasis")
        basis = basis if basis in BASES else self._basis
        if basis is not None and status["status"] == "SUBSCRIBED":
            body |= {"legalBasis": basis, "legalBasisExplanation": EXPLANATION}
        return body

    def _send(self, due: Sequence[Status]) -> dict[str, VendorError]:
        failed: dict[str, VendorError] = {}
        for start in range(0, len(due), BATCH):
            some = due[start : start + BATCH]
            try:
                left = self._left(some)
            except VendorError as error:
                failed |= dict.fromkeys((each[WHO] for each in some), error)
                continue
            for each in left:
                try:
                    self._one(each)
                except VendorError as error:
                    failed[each[WHO]] = error
        return failed

    def _left(self, some: Sequence[Status]) -> Sequence[Status]:
        """What HubSpot did not take in one call. Said one by one, it tells why."""
        if len(some) == 1 or not self._batches:
            return some
        try:
            answer = self._api.post("communication-preferences", "statuses", "batch", "write", body={"inputs": some})
        except Rejected:
            return some
        except AuthFailed as error:
            if error.code != "scope_missing":
                raise
            self._batches = False
            return some
        done = {(row[WHO].lower(), row["subscriptionId"]) for row in answer["results"]}
        return [each for each in some if (each[WHO], each["subscriptionId"]) not in done]

    def _one(self, input: Status) -> None:
        body = {key: value for key, value in input.items() if key != WHO}
        try:
            self._api.post("communication-preferences", "statuses", input[WHO], body=body)
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
            found |= {each[WHO].lower(): _statuses(each["statuses"]) for each in answer["results"]}
        return found

    def _each(self, emails: Sequence[str]) -> dict[str, dict[str, Status]]:
        return {
            email: _statuses(self._api.get("communication-preferences", "statuses", email, query=EMAIL)["results"])
            for email in emails
        }


def _nowhere(email: str, said: Mapping[str, Status], held: Mapping[str, Status]) -> Rejected | None:
    if not email:
        return Rejected("no_address")
    missing = sorted(said.keys() - held.keys())
    return Rejected("subscription_missing", subscriptions=missing) if missing else None


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
