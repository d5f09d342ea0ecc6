"""Mapping files: the shipped ones keep the laws field by field, decode what vendors send, and tell every mistake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made import values

from mappings.canonical import ENTITIES
from mappings.documents import BadDocument
from mappings.entities.account import INDUSTRIES
from mappings.fieldmap import FieldMap
from mappings.load import load_all, load_mapping
from mappings.types import Refused, RefValue
from mappings.values import ABSENT

SHIPPED = load_all()
COMPANIES, CONTACTS = SHIPPED["hubspot", "companies"], SHIPPED["hubspot", "contacts"]
CUSTOMERS = SHIPPED["stripe", "customers"]
COMPANY: dict[str, Any] = {
    "id": "7",
    "properties": {
        "name": " Acme ",
        "domain": "Acme.example",
        "industry": "INTERNET",
        "numberofemployees": "12",
        "phone": "+1 202-555-0100",
        "city": "Ulm",
        "zip": "89073",
        "state": None,
        "hubspot_owner_id": "77",
        "concord_tags": "VIP; nope;poc",
        "concord_arr": "12000",
        "concord_arr_currency": "USD",
        "concord_arr_by_currency": "USD 12000.00",
        "renewal_date": "",
    },
    "archived": False,
}
CUSTOMER: dict[str, Any] = {
    "id": "cus_1",
    "name": "Acme",
    "email": "Pay@ACME.example",
    "phone": None,
    "address": None,
    "metadata": {},
}
RAW = {"companies": COMPANY, "customers": CUSTOMER, "contacts": {"id": "1", "properties": {"email": "a@b.example"}}}
WRITABLE = [
    (raw, SHIPPED[where].fields[name])
    for where in SHIPPED
    if (raw := RAW.get(where[1]))
    for name in sorted(SHIPPED[where].writable())
]


@given(data=st.data(), case=st.sampled_from(WRITABLE), empty=st.booleans())
def test_a_field_that_was_put_is_read(data: st.DataObject, case: tuple[dict[str, Any], FieldMap], empty: bool) -> None:
    raw, field = case
    value, type = data.draw(values(field.field.type)), field.field.type
    try:
        held = field.put(value, {} if empty else raw)
    except Refused as refused:
        if refused.code not in {"holds_separator", "no_word_for", "no_place_for"}:
            raise
        assume(False)
    read = field.read(held)
    assert type.normal(None if read is ABSENT else read) == type.normal(value)
    assert field.put(value, held) is held


@pytest.mark.parametrize("where", SHIPPED)
def test_writing_back_what_was_read_is_no_write(where: tuple[str, str]) -> None:
    mapping, raw = SHIPPED[where], RAW.get(where[1], {"id": "1"})
    decoded = mapping.decode(raw)
    mine = {name: value for name, value in decoded.values.items() if name in mapping.writable()}
    assert mapping.encode(mine, raw) == {}


def test_a_company_decodes_and_one_bad_member_is_refused_alone() -> None:
    values, refused, keys, anchor = COMPANIES.decode(COMPANY)
    assert values["name"] == "Acme"
    assert values["industry"] == "software"
    assert values["address"] == {"city": "Ulm", "postal_code": "89073"}
    assert values["tags"] == {"vip", "pilot"}
    assert values["owner"] == RefValue("owners", "77")
    assert values["arr"] == {"USD": Decimal(12000)}
    assert values["renewal_date"] is None
    assert "contract_end" not in values
    assert [(each.field, each.code, each.raw) for each in refused] == [("tags", "unknown_value", "nope")]
    assert (keys, anchor) == (("domain:acme.example",), None)


def test_only_the_properties_that_change_are_sent() -> None:
    change = COMPANIES.encode(
        {"name": "Acme", "employees": 13, "phone": None, "tags": frozenset({"vip", "beta"}), "industry": "software"}, COMPANY
    )
    assert change == {"properties": {"numberofemployees": "13", "phone": "", "concord_tags": "VIP;nope;beta"}}
    assert COMPANIES.encode({"arr": {"USD": Decimal("5.5"), "JPY": Decimal(7)}}, COMPANY)["properties"] == {
        "concord_arr": "",
        "concord_arr_currency": "",
        "concord_arr_by_currency": "JPY 7; USD 5.50",
    }


def test_a_nested_object_is_sent_whole_and_metadata_key_by_key() -> None:
    customer = {**CUSTOMER, "address": {"line1": "1 St", "city": "Bonn"}, "metadata": {"plan": "x"}}
    assert CUSTOMERS.encode({"address": {"line1": "1 St", "city": "Ulm"}}, customer) == {
        "address": {"line1": "1 St", "city": "Ulm"}
    }
    assert CUSTOMERS.encode_anchor("acc_1", customer) == {"metadata": {"concord_id": "acc_1"}}
    anchored = {**customer, "metadata": {"concord_id": "acc_1"}}
    assert CUSTOMERS.decode(anchored).anchor == "acc_1"
    assert CUSTOMERS.encode_anchor("acc_1", anchored) == {}


@pytest.mark.parametrize(
    ("email", "metadata", "keys"),
    [
        ("pay@acme.example", {}, ("domain:acme.example",)),
        ("pay@acme.example", {"domain": "WWW.Other.example"}, ("domain:other.example",)),
        ("acme@gmail.com", {}, ()),
        ("acme@gmail.com", {"domain": "gmail.com"}, ()),
        (None, {}, ()),
    ],
)
def test_a_customer_is_matched_by_domain_but_not_by_free_mail(
    email: str | None, metadata: dict[str, str], keys: tuple[str, ...]
) -> None:
    assert CUSTOMERS.decode({**CUSTOMER, "email": email, "metadata": metadata}).keys == keys


def test_absent_null_empty_and_wrong_stay_apart() -> None:
    assert CUSTOMERS.decode({"id": "cus_1"}).values == {}
    assert CUSTOMERS.decode({"id": "cus_1", "name": None, "phone": "", "address": None}).values == {
        "name": None,
        "phone": None,
        "address": None,
    }
    assert COMPANIES.decode({"id": "1", "properties": {"concord_active_users": "0"}}).values["active_users"] == 0
    broken = COMPANIES.decode({"id": "1", "properties": "oops"})
    assert broken.values == {}
    assert {each.code for each in broken.refused} <= {"not_an_object", "wrong_type"}
    assert broken.refused


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=False),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3),
)


@given(data=st.data(), where=st.sampled_from(sorted(SHIPPED)))
def test_no_record_makes_decoding_fail(data: st.DataObject, where: tuple[str, str]) -> None:
    mapping = SHIPPED[where]
    tops = sorted(
        {place.path[0] for field in mapping.fields.values() for place in field.places if place.path}
        | {"items", "discounts", "plan", "subscriptions"}
    )
    raw = data.draw(st.dictionaries(st.sampled_from(tops), JUNK))
    if isinstance(raw.get("properties"), dict):
        leaves = sorted({place.path[1] for field in mapping.fields.values() for place in field.places if len(place.path) == 2})
        raw["properties"] = data.draw(st.dictionaries(st.sampled_from(leaves or ["x"]), JUNK))
    decoded = mapping.decode(raw)
    assert {each.field for each in decoded.refused} <= set(mapping.fields)
    assert set(decoded.values) <= set(mapping.fields)


def test_a_value_before_another_is_refused_and_the_other_stays() -> None:
    raw = {"id": "1", "properties": {"contract_start": "2026-05-01", "renewal_date": "2026-01-01"}}
    decoded = COMPANIES.decode(raw)
    assert decoded.values == {"contract_start": date(2026, 5, 1)}
    assert [(each.field, each.code) for each in decoded.refused] == [("renewal_date", "before_other")]


def test_negative_arr_is_refused() -> None:
    raw = {"id": "1", "properties": {"concord_arr": "-1", "concord_arr_currency": "USD"}}
    assert [(each.field, each.code) for each in COMPANIES.decode(raw).refused] == [("arr", "below_minimum")]


def test_ways_say_who_is_written() -> None:
    mapping = load_mapping(
        "connector: t\nobject: t\nentity: account\nfields:\n  name: {at: a, way: create}\n"
        "  region: {at: b, way: write}\n  team: {at: c, way: read}\n"
    )
    assert mapping.writable() == {"region"}
    assert mapping.writable(creating=True) == {"region", "name"}
    assert mapping.writes_only == {"region"}
    assert mapping.encode({"name": "x"}, None, creating=True) == {"a": "x"}
    with pytest.raises(Refused) as refused:
        mapping.encode({"team": "x"}, None)
    assert (refused.value.code, refused.value.data["field"]) == ("not_writable", "team")


def test_the_vendors_own_value_is_told() -> None:
    assert COMPANIES.mapped_raw("name", COMPANY) == " Acme "
    assert COMPANIES.mapped_raw("address", COMPANY) == {
        "properties.city": "Ulm",
        "properties.state": None,
        "properties.zip": "89073",
    }
    assert COMPANIES.mapped_raw("arr", COMPANY)["properties.concord_arr"] == "12000"
    assert COMPANIES.mapped_raw("contract_end", COMPANY) is None


def test_every_industry_has_a_word_at_hubspot() -> None:
    for industry in INDUSTRIES:
        assert COMPANIES.encode({"industry": industry}, None, creating=True)


def test_contacts_and_their_companies() -> None:
    raw = {
        "id": "1",
        "properties": {"email": "Ann@acme.example", "hs_email_optout": "true"},
        "associations": {"companies": ["7", "9"]},
    }
    decoded = CONTACTS.decode(raw)
    assert decoded.keys == ("email:ann@acme.example",)
    assert decoded.values["account"] == RefValue("companies", "7")
    assert decoded.values["accounts"] == {RefValue("companies", "7"), RefValue("companies", "9")}
    assert decoded.values["consents"]["email/all"]["state"] == "denied"


def test_a_consent_word_that_nobody_knows_is_refused_alone() -> None:
    said = {"1": {"name": "News", "status": "MAYBE"}, "2": {"name": "Tips", "status": "SUBSCRIBED"}}
    decoded = CONTACTS.decode({"id": "1", "subscriptions": said})
    assert list(decoded.values["consents"]) == ["email/tips"]
    assert [(each.field, each.code) for each in decoded.refused] == [("consents", "unknown_value")]


def test_an_event_points_at_its_recipient_by_key() -> None:
    raw = {"id": "e1", "type": "OPEN", "created": 1769860800000, "recipient": "Ann@Acme.example"}
    values = SHIPPED["hubspot", "email_events"].decode(raw).values
    assert values["kind"] == "email_open"
    assert values["contacts"] == {RefValue("key", "email:ann@acme.example")}


HEAD = "connector: hubspot\nobject: companies\nentity: account\n"


@pytest.mark.parametrize(
    ("text", "line", "code", "nearest"),
    [
        ("conector: hubspot\n", 1, "unknown_key", "connector"),
        ("connector: x\nobject: y\nentity: acount\nfields: {}\n", 3, "unknown_entity", "account"),
        (HEAD + "fields:\n  domian: properties.domain\n", 5, "unknown_field", "domain"),
        (HEAD + "fields:\n  domain: {at: properties.domain, as: lowr}\n", 5, "unknown_transform", "lower"),
        (HEAD + "fields:\n  arr: {at: properties, as: hubspot.ar}\n", 5, "unknown_transform", "hubspot.arr"),
        (HEAD + "fields:\n  domain: {at: properties.domain, way: boht}\n", 5, "unknown_word", "both"),
        (HEAD + "fields:\n  domain: {to: properties.domain}\n", 5, "unknown_key", None),
        (HEAD + "fields:\n  name: {at: a, as: int}\n", 5, "wrong_transform", None),
        (HEAD + "fields:\n  industry: {at: a, as: {enum: {X: sofware}}}\n", 5, "unknown_value", "software"),
        (HEAD + "fields:\n  address.town: properties.city\n", 5, "unknown_part", None),
        (HEAD + "fields:\n  health_score: properties.score\n", 5, "reserved_field", None),
        (HEAD + "match: [name]\nfields:\n  name: a\n", 4, "no_key_type", None),
        (HEAD + "match: [domian]\nfields:\n  name: a\n", 4, "unknown_field", "domain"),
        (HEAD + "fields:\n  name: a..b\n", 5, "bad_path", None),
        (HEAD + "fields:\n  overdue: a\n  renewal_amount: b\n", 6, "needs_transform", None),
        (
            "connector: hubspot\nobject: contacts\nentity: contact\nfields:\n  given_name: {as: hubspot.person}\n",
            5,
            "read_only_transform",
            None,
        ),
        ("connector: hubspot\nobject: contacts\nentity: contact\nfields:\n  marketing_consent: a\n", 5, "computed_field", None),
    ],
)
def test_mistakes_are_told_with_line_and_nearest_word(text: str, line: int, code: str, nearest: str | None) -> None:
    with pytest.raises(BadDocument) as bad:
        load_mapping(text)
    found = {(error.line, error.code): error.data.get("nearest") for error in bad.value.errors}
    assert (line, code) in found
    assert found[line, code] == nearest


def test_the_version_is_the_documents() -> None:
    one, other = load_mapping(HEAD + "fields:\n  name: a\n"), load_mapping(HEAD + "fields:\n  name: b\n")
    assert one.version == load_mapping(HEAD + "fields:\n  name: a\n").version != other.version
    assert set(ENTITIES) == {
        "account",
        "contact",
        "subscription",
        "invoice",
        "opportunity",
        "ticket",
        "usage",
        "interaction",
        "response",
        "user",
    }
