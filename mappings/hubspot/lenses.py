"""HubSpot's own shapes: money by currency in three properties, and consent in subscriptions and the portal-wide opt-out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from mappings.currency import amount_text, currency_code
from mappings.lens import Lens
from mappings.scalars import decimal_of
from mappings.transforms import TRANSFORMS, Transform
from mappings.values import ABSENT, Refused, is_blank


def _by_currency(text: Any) -> dict[str, Decimal]:
    """`EUR 1.00; USD 2.00` as a dict."""
    found: dict[str, Decimal] = {}
    for piece in ("" if is_blank(text) else str(text)).split(";"):
        words = piece.split()
        if not words:
            continue
        if len(words) != 2:
            raise Refused("not_money_by_currency", value=str(text)[:200])
        code = currency_code(words[0])
        if code in found:
            raise Refused("currency_twice", value=code)
        found[code] = decimal_of(words[1])
    return found


def _revenue_lens(name: str) -> Lens:
    """The main amount and its currency for people and reports, and the text with all currencies beside them.

    A person edits the main amount: it stands above what the text says of its currency.
    """
    main, currency, all_ = f"concord_{name}", f"concord_{name}_currency", f"concord_{name}_by_currency"
    keys = (main, currency, all_)

    def get(properties: Any) -> Any:
        if not isinstance(properties, dict) or not any(key in properties for key in keys):
            return ABSENT
        found = _by_currency(properties.get(all_))
        amount, code = properties.get(main), properties.get(currency)
        code = None if is_blank(code) else currency_code(code)
        if code is None and len(found) == 1:
            code = next(iter(found))
        if is_blank(amount):
            return {other: value for other, value in found.items() if other != code}
        if code is None:
            raise Refused("missing_currency", value=str(amount)[:60])
        if found and code not in found:
            if len(found) > 1:
                raise Refused("currency_not_listed", value=code)
            found = {}  # the currency itself was edited
        return {**found, code: decimal_of(str(amount))}

    def change(value: Any, properties: Any) -> Any:
        properties = properties or {}
        if not value:
            return {**properties, main: None, currency: None, all_: None}
        old = properties.get(currency)
        code = old if old in value else min(value)
        texts = {each: amount_text(value[each], each) for each in sorted(value)}
        return {
            **properties,
            main: texts[code],
            currency: code,
            all_: "; ".join(f"{each} {text}" for each, text in texts.items()),
        }

    return Lens(get, change, same=lambda left, right: (left or {}) == (right or {}), keys=keys)


_STATES = {"SUBSCRIBED": "granted", "UNSUBSCRIBED": "denied", "NOT_SUBSCRIBED": "denied", "NOT_SPECIFIED": "unknown"}


def _consents_lens() -> Lens:
    """Channel and topic (`email/newsletter`) to consent. The portal-wide opt-out is `email/all` and overrides the others."""

    def get(record: Any) -> Any:
        properties = record.get("properties")
        opted_out = properties.get("hs_email_optout", ABSENT) if isinstance(properties, dict) else ABSENT
        subscriptions = record.get("subscriptions", ABSENT)
        if opted_out is ABSENT and subscriptions is ABSENT:
            return ABSENT
        found = {f"email/{_topic(each)}": _consent(each) for each in _subscriptions(subscriptions)}
        if opted_out in ("true", True):
            found["email/all"] = {"state": "denied", "evidence": "hs_email_optout"}
        return found

    return Lens(get, None, keys=("subscriptions", "properties"))


def _subscriptions(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _topic(subscription: Any) -> str:
    name = subscription.get("name") if isinstance(subscription, dict) else None
    if is_blank(name) and isinstance(subscription, dict):
        name = subscription.get("id")
    return "_".join(str(name).lower().split())


def _consent(subscription: Any) -> Any:
    if not isinstance(subscription, dict):
        return subscription
    status = subscription.get("status")
    state = _STATES.get(status) if isinstance(status, str) else None
    return {
        "state": state or str(status),
        "basis": subscription.get("legalBasis"),
        "evidence": f"subscription {subscription.get('id')}",
    }


def _person(argument: Any) -> Lens:
    """Given and family name of an owner as one name."""
    if argument is not None:
        raise Refused("takes_no_argument")

    def get(owner: Any) -> Any:
        names = [owner.get("firstName", ABSENT), owner.get("lastName", ABSENT)]
        if all(name is ABSENT for name in names):
            return ABSENT
        return " ".join(name.strip() for name in names if isinstance(name, str)).strip() or None

    return Lens(get, None, keys=("firstName", "lastName"))


def _day(argument: Any) -> Lens:
    """The UTC day of a date that HubSpot keeps as an instant."""
    if argument is not None:
        raise Refused("takes_no_argument")
    instant, day = TRANSFORMS["datetime"].make(None), TRANSFORMS["date"].make(None)

    def get(external: Any) -> Any:
        if is_blank(external):
            return None
        return day.get(external) if len(str(external).strip()) == 10 else instant.get(external).date()

    return Lens(get, None)


def _fixed(lens: Lens) -> Any:
    def make(argument: Any) -> Lens:
        if argument is not None:
            raise Refused("takes_no_argument")
        return lens

    return make


_TWO = {"concord_arr": "2.00", "concord_arr_currency": "USD", "concord_arr_by_currency": "EUR 1.00; USD 2.00"}

_ALL = (
    Transform(
        "hubspot.arr",
        _fixed(_revenue_lens("arr")),
        (
            (None, _TWO, {"EUR": Decimal(1), "USD": Decimal(2)}),
            (None, {**_TWO, "concord_arr": "3"}, {"EUR": Decimal(1), "USD": Decimal(3)}),
            (None, dict.fromkeys(_TWO, ""), {}),
        ),
        frozenset({"money_by_currency"}),
    ),
    Transform(
        "hubspot.mrr",
        _fixed(_revenue_lens("mrr")),
        ((None, {"concord_mrr": "8.33", "concord_mrr_currency": "USD"}, {"USD": Decimal("8.33")}),),
        frozenset({"money_by_currency"}),
    ),
    Transform(
        "hubspot.consents",
        _fixed(_consents_lens()),
        (
            (
                None,
                {
                    "properties": {"hs_email_optout": "true"},
                    "subscriptions": [{"id": "7", "name": "News", "status": "SUBSCRIBED"}],
                },
                {
                    "email/news": {"state": "granted", "basis": None, "evidence": "subscription 7"},
                    "email/all": {"state": "denied", "evidence": "hs_email_optout"},
                },
            ),
        ),
        frozenset({"map"}),
    ),
    Transform(
        "hubspot.person", _person, ((None, {"firstName": "Ada", "lastName": "Invented"}, "Ada Invented"),), frozenset({"text"})
    ),
    Transform("hubspot.day", _day, ((None, "2026-01-31T23:30:00Z", date(2026, 1, 31)),), frozenset({"date"})),
)

LENSES = {transform.name: transform for transform in _ALL}
