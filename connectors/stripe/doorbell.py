"""Webhooks: the signature over the raw bytes, then only which records to read again. https://docs.stripe.com/webhooks"""

from __future__ import annotations

import msgspec

from connectors.kit.contract import Event, Ref
from connectors.kit.reading import steady
from connectors.stripe import events
from connectors.stripe.kinds import BY_OBJECT


class Told(msgspec.Struct):
    """What every event has, also one about nothing that has an id (a preview, a balance)."""

    id: str
    type: str = ""
    account: str | None = None
    request: events.Asker | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


def understand(body: bytes, account: str | None) -> Event:
    """`pending_webhooks` counts down from telling to telling: it is no part of what was told.

    `account`: ours, if the key is a platform's, whose endpoint is told of every account.
    """
    kept = steady(body, "pending_webhooks")
    try:
        told = msgspec.json.decode(body, type=Told)
    except (msgspec.MsgspecError, RecursionError):
        return Event("", "", kept, bad="not_an_event")
    if told.account != account:
        return Event(told.id, told.type, kept, ignored="other_account")
    refs = _refs(told)
    key = (told.request.idempotency_key if told.request else None) or ""
    return Event(told.id, told.type, kept, refs, key=key, ignored="" if refs else "not_read")


def _refs(told: Told) -> tuple[Ref, ...]:
    try:
        subject = msgspec.json.decode(told.data, type=events.Data).object
    except msgspec.ValidationError:
        return ()
    object = events.named(subject, told.type)
    if object == "discount":
        pairs = [("subscriptions", subject.subscription), ("customers", None if subject.subscription else subject.customer)]
        return tuple(Ref(name, id) for name, id in pairs if id)
    kind = BY_OBJECT.get(object)
    return (Ref(kind.name, subject.id),) if kind is not None else ()
