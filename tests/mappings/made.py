"""Hypothesis strategies for canonical values, by type."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from mappings.types import Enum, Map, Money, Ref, RefValue, Set, Type
from mappings.values import Refused

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "UGX"])
AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\.(example|test)", fullmatch=True)
LOCALS = st.from_regex(r"[A-Za-z0-9._+-]{1,20}", fullmatch=True)
ADDRESS_PARTS = st.sampled_from(["line1", "line2", "city", "state", "postal_code", "country"])

_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "int": st.integers(0, 10**9),
    "decimal": AMOUNTS,
    "bool": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    "email": st.builds("{}@{}".format, LOCALS, HOSTS),
    "domain": HOSTS,
    "phone": st.from_regex(r"\+?[0-9]{3}[0-9 ().-]{0,10}[0-9]", fullmatch=True),
    "url": HOSTS.map("https://{}/a".format),
    "money": st.builds(Money, AMOUNTS, CURRENCIES),
    "money_by_currency": st.dictionaries(CURRENCIES, AMOUNTS, max_size=3),
    "address": st.dictionaries(ADDRESS_PARTS, TEXTS),
    "consent": st.fixed_dictionaries({"state": st.sampled_from(["granted", "denied", "unknown"])}, optional={"basis": TEXTS}),
    "structure": st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda each: st.lists(each) | st.dictionaries(TEXTS, each),
        max_leaves=8,
    ).filter(lambda value: isinstance(value, (dict, list))),
}


def values(type: Type) -> st.SearchStrategy[Any]:
    """Canonical (checked) values of a type, blanks among them."""
    if isinstance(type, Set):
        return st.lists(values(type.of).filter(lambda each: each is not None), max_size=5).map(frozenset)
    if isinstance(type, Map):
        return st.dictionaries(TEXTS.map(str.strip).filter(bool), values(type.of), max_size=4).map(type.check)
    if isinstance(type, Enum):
        return st.none() | st.sampled_from(sorted(type.values))
    if isinstance(type, Ref):
        return st.none() | st.builds(RefValue, st.just("owners"), st.from_regex(r"[1-9][0-9]{0,9}", fullmatch=True))
    return st.none() | _SCALARS[type.name].map(lambda value: checked(type, value))


def checked(type: Type, value: Any) -> Any:
    try:
        return type.check(value)
    except Refused:
        return None
