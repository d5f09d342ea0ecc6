"""ARR in HubSpot: one amount with its currency, or the text of several; or a company's own property in one currency."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import AMOUNTS, CURRENCIES

import mappings
from mappings.canonical import entities
from mappings.load import load_all
from mappings.types import Refused

SHIPPED = Path(mappings.__file__).parent
COMPANIES = load_all(SHIPPED, entities())["hubspot", "companies"]
KEYS = ("concord_arr", "concord_arr_currency", "concord_arr_by_currency")


def company(*held: str | None) -> dict[str, Any]:
    return {"id": "1", "properties": {"name": "Acme", **dict(zip(KEYS, held, strict=True))}}


def read(*held: str | None) -> Any:
    decoded = COMPANIES.decode(company(*held))
    return [each.code for each in decoded.refused] or decoded.values["arr"]


def written(arr: dict[str, Decimal], *held: str | None) -> tuple[Any, ...]:
    """The three properties as they are after the write."""
    before = company(*held)
    sent = COMPANIES.encode({"arr": arr}, before).get("properties", {})
    return tuple({**before["properties"], **sent}[key] or None for key in KEYS)


EUR, USD, JPY = "EUR", "USD", "JPY"
BLANK = (None, None, None)


def test_one_currency_is_an_amount_and_its_code() -> None:
    assert written({USD: Decimal("42453.6")}, *BLANK) == ("42453.60", "USD", None)
    assert written({JPY: Decimal(576000)}, *BLANK) == ("576000", "JPY", None)
    assert read("42453.60", "USD", None) == {USD: Decimal("42453.60")}


def test_several_currencies_are_a_text_in_order_and_nothing_else() -> None:
    """field: a customer with two currencies must not be squeezed into one number."""
    assert written({USD: Decimal(2), EUR: Decimal(1)}, *BLANK) == (None, None, "EUR 1.00; USD 2.00")
    assert read(None, None, "EUR 1.00; USD 2.00") == {EUR: Decimal(1), USD: Decimal(2)}
    assert read("", "", "EUR 1.00; USD 2.00") == {EUR: Decimal(1), USD: Decimal(2)}


def test_from_one_currency_to_several_and_back_leaves_nothing_behind() -> None:
    assert written({EUR: Decimal(1), USD: Decimal(2)}, "2.00", "USD", None) == (None, None, "EUR 1.00; USD 2.00")
    assert written({EUR: Decimal(1)}, None, None, "EUR 1.00; USD 2.00") == ("1.00", "EUR", None)


def test_nought_is_an_amount_and_blank_is_none() -> None:
    assert written({USD: Decimal(0)}, "12.00", "USD", None) == ("0.00", "USD", None)
    assert read("0.00", "USD", None) == {USD: Decimal(0)}
    assert read(*BLANK) is None


def test_what_a_person_types_is_seen_in_every_shape() -> None:
    assert read("1", "USD", None) == {USD: Decimal(1)}
    assert read("7", "USD", "EUR 1.00; USD 2.00") == {EUR: Decimal(1), USD: Decimal(7)}
    assert read("7", None, "EUR 1.00; USD 2.00") == {EUR: Decimal(1), USD: Decimal(2), "XXX": Decimal(7)}
    assert read("7", "GBP", "EUR 1.00; USD 2.00") == {EUR: Decimal(1), USD: Decimal(2), "GBP": Decimal(7)}
    assert read("7", None, None) == ["missing_currency"]
    assert read(None, None, "EUR 1.00; EUR 2.00") == ["currency_twice"]
    assert read(None, None, "one euro too many") == ["not_money_by_currency"]


SOME = st.dictionaries(CURRENCIES, AMOUNTS, min_size=1, max_size=4)


@given(arr=SOME, before=st.sampled_from([BLANK, ("1", "USD", None), (None, None, "EUR 1.00; USD 2.00"), ("7", None, "EUR 1")]))
def test_exactly_one_of_amount_and_text_is_filled_by_us(arr: dict[str, Decimal], before: Any) -> None:
    if read(*before) == arr:
        return  # what means the same is left as it stands
    amount, code, text = written(arr, *before)
    assert (amount is None, code is None, text is not None) == (len(arr) > 1,) * 3
    assert read(amount, code, text) == arr


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """The shipped mapping, with ARR in a company's own property."""
    (tmp_path / "hubspot").mkdir()
    shipped = (SHIPPED / "hubspot/companies.yaml").read_text()
    lines = [line for line in shipped.splitlines() if not line.startswith("  arr:")]
    lines.append("  arr: {at: properties.annual_arr_eur, as: {hubspot.amount_in: EUR}}")
    (tmp_path / "hubspot/companies.yaml").write_text("\n".join(lines) + "\n")
    return load_all(tmp_path, entities())["hubspot", "companies"]


def test_a_company_s_own_property_holds_it_in_one_currency(own: Any) -> None:
    before = {"id": "1", "properties": {"annual_arr_eur": "5"}}
    assert own.decode(before).values["arr"] == {EUR: Decimal(5)}
    assert own.encode({"arr": {EUR: Decimal("12.5")}}, before) == {"properties": {"annual_arr_eur": "12.50"}}
    with pytest.raises(Refused, match="no_place_for"):
        own.encode({"arr": {EUR: Decimal(1), USD: Decimal(2)}}, before)
