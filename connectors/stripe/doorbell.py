"""Webhooks: the signature over the raw bytes, then only which records to read again. https://docs.stripe.com/webhooks"""

from __future__ import annotations

from datetime import datetime

import msgspec

from connectors.kit import signatures
from connectors.kit.contract import Ref, Request
from connectors.kit.errors import Rejected
from connectors.stripe.events import Event, named
from connectors.stripe.kinds import BY_OBJECT


def refs(request: Request, secret: str, now: datetime) -> list[Ref]:
    """Raises `Rejected('signature')`; nothing for an event of an object that is not read."""
    signatures.stripe(request, [secret], now)
    try:
        event = msgspec.json.decode(request.body, type=Event)
    except msgspec.ValidationError:
        return []  # signed by Stripe and about nothing that has an id
    except msgspec.DecodeError as error:
        raise Rejected("not_json", said=str(error)) from None
    subject, object = event.data.object, named(event)
    if object == "discount":
        pairs = [("subscriptions", subject.subscription), ("customers", None if subject.subscription else subject.customer)]
        return [Ref(name, id) for name, id in pairs if id]
    kind = BY_OBJECT.get(object)
    return [Ref(kind.name, subject.id)] if kind is not None else []
