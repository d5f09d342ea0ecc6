"""HubSpot's own shapes: money in three properties by how many currencies there are, and consent in subscriptions and the portal-wide opt-out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from mappings.currency import NO_CURRENCY, amount_text, currency_code
from mappings.lens import Lens
from mappings.readings import is_transactional, strictest
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
    """One amount and its currency, for people and reports; of several currencies the text alone: no sum is a single number.

    An amount that a person typed stands above what the text says of its currency.
    """
    main, currency, all_ = f"concord_{name}", f"concord_{name}_currency", f"concord_{name}_by_currency"
    keys = (main, currency, all_)

    def get(properties: Any) -> Any:
        if not isinstance(properties, dict) or not any(key in properties for key in keys):
            return ABSENT
        found = _by_currency(properties.get(all_))
        amount, code = properties.get(main), properties.get(currency)
        if is_blank(amount):
            return found
        if is_blank(code) and not found:
            raise Refused("missing_currency", value=str(amount)[:60])
        if is_blank(code):
            code = next(iter(found)) if len(found) == 1 else NO_CURRENCY  # typed beside several, it is in none of them
        return {**found, currency_code(code): decimal_of(str(amount))}

    def change(value: Any, properties: Any) -> Any:
        texts = {code: amount_text(value[code], code) for code in sorted(value or ())}
        [(code, amount)] = texts.items() if len(texts) == 1 else [(None, None)]
        several = "; ".join(f"{each} {text}" for each, text in texts.items()) if len(texts) > 1 else None
        return {**(properties or {}), main: amount, currency: code, all_: several}

    return Lens(get, change, same=lambda left, right: (left or {}) == (right or {}), keys=keys)


def _amount_in(argument: Any) -> Lens:
    """A company's own number property that is meant in one currency, in place of ours. It has no room for another one."""
    if not isinstance(argument, str):
        raise Refused("takes_a_currency")
    code = currency_code(argument)

    def get(amount: Any) -> Any:
        return {} if is_blank(amount) else {code: decimal_of(str(amount))}

    def put(value: Any, _: Any) -> Any:
        if elsewhere := sorted(set(value or ()) - {code}):
            raise Refused("no_place_for", parts=elsewhere)
        return amount_text(value[code], code) if value else None

    return Lens(get, put, same=lambda left, right: (left or {}) == (right or {}))


_STATES = {"SUBSCRIBED": "granted", "UNSUBSCRIBED": "denied", "NOT_SUBSCRIBED": "denied", "NOT_SPECIFIED": "unknown"}
_STATUSES = {"granted": "SUBSCRIBED", "denied": "UNSUBSCRIBED", "unknown": "NOT_SPECIFIED"}
_OPT_OUT = "hs_email_optout"
_EVERYTHING = "email/all"


def _consents_lens() -> Lens:
    """Channel and topic (`email/newsletter`) to consent, of every subscription type that the portal has.

    The portal-wide opt-out, `email/all`, denies every topic but service messages, and only the person can take it back.
    """

    def get(record: Any) -> Any:
        subscriptions, opted_out = record.get("subscriptions", ABSENT), _opted_out(record)
        if subscriptions is ABSENT and not opted_out:
            return ABSENT
        found: dict[str, Any] = {}
        for id, each in _by_id(subscriptions).items():
            topic = _topic(id, each)
            said = {"state": "denied", "evidence": _OPT_OUT} if opted_out and not _serves(topic) else _consent(id, each)
            other = found.setdefault(topic, said)
            if strictest([_state(said), _state(other)]) != _state(other):
                found[topic] = said  # two types of one name: the stricter answer counts
        return found | ({_EVERYTHING: {"state": "denied", "evidence": _OPT_OUT}} if opted_out else {})

    def change(value: Any, record: Any) -> Any:
        record = record or {}
        held, subscriptions = get(record), _by_id(record.get("subscriptions", ABSENT))
        held = {} if held is ABSENT else held
        differ = {topic for topic in {*held, *value} if _state(held.get(topic)) != _state(value.get(topic))}
        differ -= {topic for topic in differ if topic not in value and _state(held[topic]) not in _STATUSES}  # not understood
        if nowhere := sorted(differ - held.keys()):
            raise Refused("no_place_for", parts=nowhere)
        if _opted_out(record) and (barred := sorted(topic for topic in differ if not _serves(topic))):
            raise Refused("opted_out", topics=barred)
        new = {id: _put(each, value.get(_topic(id, each))) for id, each in subscriptions.items() if _topic(id, each) in differ}
        return {**record, "subscriptions": {**subscriptions, **new}}

    return Lens(get, change, same=lambda left, right: _said(left) == _said(right), keys=("subscriptions", "properties"))


def _opted_out(record: Any) -> bool:
    properties = record.get("properties")
    return isinstance(properties, dict) and properties.get(_OPT_OUT) in ("true", True)


def _serves(topic: str) -> bool:
    return is_transactional(topic.partition("/")[2])


def _by_id(subscriptions: Any) -> dict[str, Any]:
    return subscriptions if isinstance(subscriptions, dict) else {}


def _topic(id: str, subscription: Any) -> str:
    name = subscription.get("name") if isinstance(subscription, dict) else None
    return "email/" + "_".join(str(id if is_blank(name) else name).lower().split())


def _consent(id: str, subscription: Any) -> Any:
    status = subscription.get("status") if isinstance(subscription, dict) else subscription
    state = _STATES.get(status) if isinstance(status, str) else None
    if state == "unknown":
        return None
    basis = subscription.get("legalBasis") if isinstance(subscription, dict) else None
    return {"state": state or str(status), "basis": basis, "evidence": f"subscription {id}"}


def _state(consent: Any) -> str:
    return "unknown" if consent is None else str(consent["state"])


def _said(consents: Any) -> dict[str, str]:
    """What we understand of it: a word that is new to us is refused elsewhere, and says nothing here."""
    return {topic: state for topic, each in (consents or {}).items() if (state := _state(each)) in ("granted", "denied")}


def _put(subscription: Any, consent: Any) -> Any:
    basis = None if consent is None else consent.get("basis")
    return {
        **(subscription if isinstance(subscription, dict) else {}),
        "status": _STATUSES[_state(consent)],
        "legalBasis": basis,
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


_ONE = {"concord_arr": "2.00", "concord_arr_currency": "USD", "concord_arr_by_currency": ""}
_TWO = {"concord_arr": "", "concord_arr_currency": "", "concord_arr_by_currency": "EUR 1.00; USD 2.00"}

_ALL = (
    Transform(
        "hubspot.arr",
        _fixed(_revenue_lens("arr")),
        (
            (None, _ONE, {"USD": Decimal(2)}),
            (None, _TWO, {"EUR": Decimal(1), "USD": Decimal(2)}),
            (None, {**_TWO, **_ONE, "concord_arr_by_currency": "EUR 1.00; USD 3.00"}, {"EUR": Decimal(1), "USD": Decimal(2)}),
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
        "hubspot.amount_in",
        _amount_in,
        (("EUR", "1200.5", {"EUR": Decimal("1200.5")}), ("EUR", None, {})),
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
                    "subscriptions": {
                        "7": {"name": "News", "status": "SUBSCRIBED"},
                        "8": {"name": "Transactional bills", "status": "SUBSCRIBED"},
                    },
                },
                {
                    "email/news": {"state": "denied", "evidence": "hs_email_optout"},
                    "email/transactional_bills": {"state": "granted", "basis": None, "evidence": "subscription 8"},
                    "email/all": {"state": "denied", "evidence": "hs_email_optout"},
                },
            ),
            (None, {"subscriptions": {"7": {"name": "News", "status": "NOT_SPECIFIED"}}}, {"email/news": None}),
        ),
        frozenset({"map"}),
    ),
    Transform(
        "hubspot.person", _person, ((None, {"firstName": "Ada", "lastName": "Invented"}, "Ada Invented"),), frozenset({"text"})
    ),
    Transform("hubspot.day", _day, ((None, "2026-01-31T23:30:00Z", date(2026, 1, 31)),), frozenset({"date"})),
)

LENSES = {transform.name: transform for transform in _ALL}
