"""Types: laws for all of them, then the values that systems really send."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import values

from mappings.canonical import entities
from mappings.types import (
    Domain,
    Email,
    Enum,
    Int,
    Money,
    MoneyByCurrency,
    MoneyType,
    Phone,
    Refused,
    Set,
    Text,
    Type,
    is_blank,
    make,
)

TYPES: list[Type] = [field.type for entity in entities().values() for field in entity.fields.values()] + [
    make("url"),
    make("map"),
]


@given(data=st.data(), type=st.sampled_from(TYPES))
def test_load_is_the_inverse_of_dump_through_json(data: st.DataObject, type: Type) -> None:
    value = data.draw(values(type))
    stored = json.loads(json.dumps(type.dump(value)))
    assert type.load(stored) == value
    if type.native:
        assert type.dump(value) is value


@given(data=st.data(), type=st.sampled_from(TYPES))
def test_checking_what_was_checked_changes_nothing(data: st.DataObject, type: Type) -> None:
    value = data.draw(values(type))
    if not is_blank(value):
        assert type.normal(type.check(value)) == type.normal(value)


@given(data=st.data(), type=st.sampled_from(TYPES))
def test_only_blanks_have_no_normal_form(data: st.DataObject, type: Type) -> None:
    value = data.draw(values(type))
    normal = type.normal(value)
    assert hash(normal) == hash(type.normal(value))
    if is_blank(value):
        assert normal is None


@given(data=st.data(), type=st.sampled_from([type for type in TYPES if type.family]))
def test_a_family_is_its_members(data: st.DataObject, type: Any) -> None:
    value = data.draw(values(type))
    members = type.members(value)
    assert all(isinstance(key, str) for key in members)
    assert type.normal(type.gather(members)) == type.normal(value)


@pytest.mark.parametrize("wrong", [1.5, float("nan"), True, b"x", object(), "12"])
def test_no_float_and_no_look_alike_becomes_money(wrong: object) -> None:
    for type, value in ((make("decimal"), wrong), (MoneyType(), Money(wrong, "USD")), (MoneyByCurrency(), {"USD": wrong})):  # type: ignore[arg-type]  # wrong on purpose
        with pytest.raises(Refused):
            type.check(value)


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity", "1e999999"])
def test_numbers_must_be_finite_and_of_this_world(wrong: str) -> None:
    with pytest.raises(Refused):
        make("decimal").check(Decimal(wrong))


def test_an_int_is_no_bool_and_a_bool_no_int() -> None:
    with pytest.raises(Refused):
        Int().check(True)
    with pytest.raises(Refused):
        make("bool").check(1)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a\0b", "nul_in_text"), ("\ud800", "lone_surrogate"), ("x" * 65_537, "too_long"), ("é" * 40_000, "too_long")],
)
@pytest.mark.parametrize("name", ["text", "email", "domain", "phone", "url"])
def test_text_that_no_database_takes_is_refused_with_a_code(name: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        make(name).check(text)
    assert refused.value.code == code


def test_text_is_nfc_and_stripped_and_blank_is_none() -> None:
    assert Text().check("  Cafe\u0301\t") == "Café"
    assert Text().normal(" Cafe\u0301 ") == Text().normal("Café")
    assert Text().check(" \n ") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u212aim@acme.example", "kim@acme.example"),  # Kelvin sign
        ("\u0130da@acme.example", "ida@acme.example"),  # Turkish capital I with a dot
        ("\u0131da@acme.example", "ida@acme.example"),  # Turkish small i without one
        ("gro\u00df@acme.example", "gross@acme.example"),  # sharp s
        ("GRO\u1e9e@acme.example", "gro\u00df@acme.example"),  # capital sharp s
        ("\uff4bim@acme.example", "kim@acme.example"),  # full-width k
        ("ann@acme.example", "ann@\u212aacme.example"),
    ],
)
def test_two_people_never_get_one_address(one: str, other: str) -> None:
    type = Email()
    assert type.normal(type.check(one)) != type.normal(type.check(other))


def test_case_does_not_make_another_person() -> None:
    assert Email().check(" Ann@ACME.Example ") == "ann@acme.example"
    assert Email().check("ÉVA@acme.example") == "éva@acme.example"
    assert Domain().check("https://www.Acme.Example/about") == "acme.example"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ann", "email_without_domain"),
        ("ann@", "email_without_domain"),
        ("a b@c.example", "not_an_email"),
        ("pim.placeholder", "email_without_domain"),
        ("@c.example", "not_an_email"),
    ],
)
def test_an_address_without_domain_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Email().check(text)
    assert refused.value.code == code


def test_phones_compare_by_their_digits() -> None:
    normal = Phone().normal
    assert normal("+1 202-555-0114") == normal("+1 (202) 555.0114") == normal("0012025550114") == "+12025550114"
    assert normal("+1 202 555 0114 ext. 7") != normal("+1 202 555 0114")
    assert Phone().check("+1 202-555-0114") == "+1 202-555-0114"
    with pytest.raises(Refused):
        Phone().check("call me")


def test_money_says_its_decimals_and_keeps_finer_ones() -> None:
    type = MoneyByCurrency()
    assert type.dump({"USD": Decimal(12), "JPY": Decimal(576000), "KWD": Decimal("1.5"), "EUR": Decimal("0.000125")}) == {
        "EUR": "0.000125",
        "JPY": "576000",
        "KWD": "1.500",
        "USD": "12.00",
    }
    assert type.normal({"USD": Decimal("1.0")}) == type.normal({"USD": Decimal("1.00")})
    assert type.normal({"USD": Decimal(0)}) is not None


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        make("datetime").check(datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point
    assert refused.value.code == "no_time_zone"


def test_one_bad_member_does_not_spoil_the_others() -> None:
    tags = Set(Enum({"pilot": "Pilot"}, {"PoC": "pilot"}))
    good, bad = tags.sift(["pilot", "poc", "nope", ""])
    assert good == {"pilot"}
    assert [(raw, refused.code) for raw, refused in bad] == [("nope", "unknown_value")]
