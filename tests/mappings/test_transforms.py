"""Every transform, the closed ones and the vendors', keeps the two laws; its examples are its documentation."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made import AMOUNTS, CURRENCIES, LOCALS, TEXTS

from mappings.lens import Lens
from mappings.load import vendor_lenses
from mappings.transforms import TRANSFORMS, Transform
from mappings.types import Money, Refused, RefValue
from mappings.values import ABSENT, BY_KEY

ALL: dict[str, Transform] = {**TRANSFORMS, **vendor_lenses("stripe"), **vendor_lenses("hubspot"), **vendor_lenses("mixpanel")}
PIECES = st.lists(st.text("abc xyz", min_size=1).map(str.strip).filter(bool), max_size=4)
MONEY_KEYS = {"amount": "amount", "currency": "cur"}
WHOLE_SECONDS = st.datetimes(timezones=st.timezones()).map(lambda at: at.replace(microsecond=0).astimezone(UTC))
MONEY = st.none() | st.builds(Money, AMOUNTS, CURRENCIES)
BY_CURRENCY = st.dictionaries(CURRENCIES, AMOUNTS, max_size=3)


def money_objects(amounts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"other": st.just(1)}, optional={"amount": st.none() | amounts, "cur": st.sampled_from(["usd", "JPY", None])}
    )


def revenue(name: str) -> st.SearchStrategy[Any]:
    texts = st.sampled_from(["", None, "EUR 1.00; USD 2.00", "USD 5", "JPY 576000"])
    keys = {
        f"concord_{name}": st.sampled_from(["", None, "2", "9.50"]),
        f"concord_{name}_currency": st.sampled_from(["", "USD", "EUR", None]),
    }
    return st.fixed_dictionaries({"name": st.just("Acme")}, optional={**keys, f"concord_{name}_by_currency": texts})


TOPICS = ("email/marketing", "email/transactional_bills", "email/all", "email/7", "sms/marketing")
CONSENTS = st.dictionaries(
    st.sampled_from(TOPICS), st.none() | st.fixed_dictionaries({"state": st.sampled_from(["granted", "denied"])}), max_size=3
)


def hubspot_contacts() -> st.SearchStrategy[Any]:
    """Two types may bear one name; a type without a name is its id; a word may be new to us."""
    names = st.sampled_from(["Marketing", "Transactional bills", None])
    statuses = st.sampled_from(["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED", "MAYBE"])
    types = st.dictionaries(st.sampled_from(["7", "8", "9"]), st.fixed_dictionaries({"name": names, "status": statuses}))
    properties = st.fixed_dictionaries({"hs_email_optout": st.sampled_from(["true", "false", None])})
    return st.fixed_dictionaries({"id": st.just("1")}, optional={"subscriptions": types, "properties": properties})


# name: argument, what vendors hold, what we put
WRITABLE: dict[str, tuple[Any, st.SearchStrategy[Any], st.SearchStrategy[Any]]] = {
    "lower": (None, TEXTS, TEXTS.map(str.strip).filter(bool) | st.none()),
    "text": (None, TEXTS | st.integers(), TEXTS.map(str.strip).filter(bool) | st.none()),
    "enum": (
        {"HOT": "high", "WARM": "high", "COLD": "low"},
        st.sampled_from(["HOT", "WARM", "COLD", "?", "", None]),
        st.sampled_from(["high", "low", None]),
    ),
    "int": (None, st.sampled_from(["", "42", "42.0", " 7", "x", None]) | st.integers(), st.integers() | st.none()),
    "decimal": (None, st.sampled_from(["", "0.40", "1e3", "x", "1_000", None]) | AMOUNTS, AMOUNTS | st.none()),
    "bool": (None, st.sampled_from(["true", "False", True, False, "yes", "", None]), st.booleans() | st.none()),
    "not": (None, st.booleans() | st.none(), st.booleans() | st.none()),
    "date": (None, st.sampled_from(["2026-01-31", "2026-13-01", "", None]), st.dates() | st.none()),
    "datetime": (
        None,
        st.sampled_from(["2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00", "", None]),
        WHOLE_SECONDS,
    ),
    "epoch": (None, st.integers(0, 2**34) | st.sampled_from(["1769860800", None]), WHOLE_SECONDS),
    "epoch_ms": (None, st.integers(0, 2**44) | st.sampled_from(["1769860800000", None]), WHOLE_SECONDS),
    "money": (MONEY_KEYS, money_objects(st.sampled_from(["19.9", "0", "x", ""])), MONEY),
    "cents": (MONEY_KEYS, money_objects(st.integers(0, 10**9)), MONEY),
    "stripe.money": (MONEY_KEYS, money_objects(st.integers(0, 10**9)), MONEY),
    "primary": (
        {"value": "v", "flag": "main"},
        st.lists(st.fixed_dictionaries({"v": TEXTS}, optional={"main": st.booleans()}), max_size=3),
        LOCALS | st.none(),
    ),
    "first": (None, st.lists(LOCALS, unique=True, max_size=4), LOCALS | st.none()),
    "split": (";", PIECES.map("; ".join) | st.sampled_from(["", None, ";;a;"]), PIECES),
    "one": (None, LOCALS | st.sampled_from(["", None]), st.lists(LOCALS, max_size=1)),
    "ref": (
        "owners",
        st.sampled_from(["77", 77, {"id": "77", "name": "Ann"}, "", None]),
        st.builds(RefValue, st.just("owners"), st.sampled_from(["77", "78"])),
    ),
    "ref_by": (
        "email",
        st.sampled_from(["Ann@Acme.example", "bob@acme.example ", "", None]),
        st.builds(RefValue, st.just(BY_KEY), st.sampled_from(["email:ann@acme.example", "email:bob@acme.example"])),
    ),
    "stripe.currency": (None, st.sampled_from(["usd", "EUR", "", None, "dollar"]), CURRENCIES),
    "hubspot.arr": (None, revenue("arr"), BY_CURRENCY),
    "hubspot.mrr": (None, revenue("mrr"), BY_CURRENCY),
    "hubspot.amount_in": (
        "EUR",
        st.sampled_from(["", None, "2", "9.50", "x"]),
        st.dictionaries(CURRENCIES, AMOUNTS, max_size=1),
    ),
    "hubspot.consents": (None, hubspot_contacts(), CONSENTS),
}
MAY_NOT_FIT = {"too_fine", "out_of_range", "no_place_for", "opted_out"}
READ_ONLY = {
    "stripe.subscription",
    "stripe.invoice_subscription",
    "stripe.day",
    "stripe.owed_since",
    "hubspot.person",
    "hubspot.day",
    "mixpanel.utc",
}


def lens(name: str) -> Lens:
    return ALL[name].make(WRITABLE[name][0])


def test_every_transform_is_either_under_the_laws_or_only_reads() -> None:
    assert set(WRITABLE) | READ_ONLY == set(ALL)
    for name in READ_ONLY:
        assert ALL[name].make(ALL[name].examples[0][0]).change is None


@pytest.mark.parametrize("transform", ALL.values(), ids=ALL)
def test_examples_hold(transform: Transform) -> None:
    assert transform.examples
    for argument, external, canonical in transform.examples:
        assert transform.make(argument).get(external) == canonical


@given(data=st.data(), name=st.sampled_from(sorted(WRITABLE)))
def test_putting_what_was_got_changes_nothing(data: st.DataObject, name: str) -> None:
    made, external = lens(name), data.draw(WRITABLE[name][1])
    try:
        value = made.get(external)
    except Refused:
        assume(False)
    assume(value is not ABSENT)
    assert made.put(value, external) is external


@given(data=st.data(), name=st.sampled_from(sorted(WRITABLE)))
def test_what_was_put_is_got(data: st.DataObject, name: str) -> None:
    made, value = lens(name), data.draw(WRITABLE[name][2])
    external = data.draw(st.just(ABSENT) | WRITABLE[name][1])
    try:
        held = made.put(value, external)
    except Refused as refused:
        if refused.code not in MAY_NOT_FIT:
            raise
        assume(False)
    assert made.same(made.get(held), value)


@pytest.mark.parametrize(
    ("name", "argument", "bad"),
    [
        ("enum", {"A": "a"}, "B"),
        ("bool", None, "maybe"),
        ("int", None, "1.5"),
        ("decimal", None, "NaN"),
        ("decimal", None, 1.5),
        ("date", None, "01/31/2026"),
        ("datetime", None, "2026-01-31T12:00:00"),
        ("ref", "owners", ["77"]),
        ("not", None, "false"),
        ("money", MONEY_KEYS, {"amount": "1", "cur": ""}),
    ],
)
def test_an_unknown_value_is_refused_and_never_nothing(name: str, argument: Any, bad: Any) -> None:
    with pytest.raises(Refused):
        ALL[name].make(argument).get(bad)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("enum", None),
        ("split", ""),
        ("money", {"amount": "a"}),
        ("ref", None),
        ("int", "x"),
        ("stripe.subscription", "itms"),
        ("ref_by", "name"),
        ("hubspot.amount_in", None),
        ("hubspot.amount_in", "euro"),
    ],
)
def test_a_wrong_argument_is_refused(name: str, argument: Any) -> None:
    with pytest.raises(Refused):
        ALL[name].make(argument)
