"""What Zendesk's records mean: every lens under the laws, each object as Zendesk sends it, and what is never sent."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import values

from mappings.fieldmap import FieldMap
from mappings.load import load_all, vendor_lenses
from mappings.transforms import Transform
from mappings.types import Refused, RefValue
from mappings.values import ABSENT

SHIPPED = {object: mapping for (connector, object), mapping in load_all().items() if connector == "zendesk"}
LENSES = vendor_lenses("zendesk")
ORGANIZATIONS, USERS = SHIPPED["organizations"], SHIPPED["users"]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ORGANIZATION: dict[str, Any] = {
    "id": 5001,
    "name": "Acme",
    "external_id": "sf-77",
    "domain_names": ["acme.example", "acme-labs.example"],
    "tags": ["poc", "vip", "whatever"],
    "organization_fields": {"phone": "+1 202-555-0100", "tier": "smb", "csm": "Ada@lanternfish.example", "active_users": 38},
}
USER: dict[str, Any] = {
    "id": 6001,
    "name": "Mary Ann Placeholder",
    "email": "pim@acme.example",
    "phone": None,
    "organization_id": 5001,
    "user_fields": {"marketing_email": "no"},
    "last_login_at": "2026-01-31T12:00:00Z",
}
WRITABLE = [
    (raw, mapping.fields[name])
    for mapping, raw in ((ORGANIZATIONS, ORGANIZATION), (USERS, USER))
    for name in sorted(mapping.writable(creating=True) - {"consents"})
]
words = st.sampled_from(["yes", "No", "maybe", "", None])
consents = st.sampled_from([None, {"state": "granted"}, {"state": "denied"}])


@pytest.mark.parametrize("transform", LENSES.values(), ids=LENSES)
def test_examples_hold(transform: Transform) -> None:
    assert transform.examples
    for _, external, canonical in transform.examples:
        assert transform.make(None).get(external) == canonical
    with pytest.raises(Refused):
        transform.make("an argument")


def test_only_the_consent_is_written_by_a_lens_of_zendesks_own() -> None:
    assert [name for name, each in LENSES.items() if each.make(None).change is not None] == ["zendesk.consents"]


@given(words, consents)
def test_the_consent_lens_keeps_the_laws(word: Any, consent: Any) -> None:
    lens, fields = LENSES["zendesk.consents"].make(None), {"marketing_email": word, "other": 1}
    assert lens.put(lens.get(fields), fields) is fields
    held = lens.put({"email/marketing": consent}, fields)
    assert lens.same(lens.get(held), {"email/marketing": consent})
    assert held["other"] == 1


@given(data=st.data(), case=st.sampled_from(WRITABLE), empty=st.booleans())
def test_a_field_that_was_put_is_read(data: st.DataObject, case: tuple[dict[str, Any], FieldMap], empty: bool) -> None:
    raw, field = case
    value, type = data.draw(values(field.field.type)), field.field.type
    held = field.put(value, {} if empty else raw)
    read = field.read(held)
    assert type.normal(None if read is ABSENT else read) == type.normal(value)
    assert field.put(value, held) is held


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_no_value_makes_a_lens_fail(external: Any) -> None:
    for transform in LENSES.values():
        lens = transform.make(None)
        with suppress(Refused):
            lens.get({**dict.fromkeys(lens.keys, external), "id": 1} if lens.keys else external)


def test_an_organization() -> None:
    found = ORGANIZATIONS.decode(ORGANIZATION)
    assert found.values == {
        "name": "Acme",
        "domain": "acme.example",
        "domains": {"acme.example", "acme-labs.example"},
        "phone": "+1 202-555-0100",
        "tier": "smb",
        "csm": RefValue("key", "email:ada@lanternfish.example"),
        "tags": {"pilot", "vip"},
        "active_users": 38,
    }
    assert [(each.field, each.raw) for each in found.refused] == [("tags", "whatever")]
    assert found.keys == ("domain:acme.example",)
    assert found.anchor is None


def test_what_is_sent_to_an_organization() -> None:
    change = {"name": "Acme Ltd", "phone": None, "active_users": 40, "tags": frozenset({"pilot", "beta"})}
    assert ORGANIZATIONS.encode(change, ORGANIZATION) == {
        "name": "Acme Ltd",
        "organization_fields": {"phone": None, "active_users": 40},
        "tags": ["poc", "whatever", "beta"],  # a tag that we do not know is not ours to remove
    }
    assert ORGANIZATIONS.encode({"domain": "new.example"}, None, creating=True) == {"domain_names": ["new.example"]}
    assert ORGANIZATIONS.encode_anchor("acc_1", ORGANIZATION) == {"organization_fields": {"concord_id": "acc_1"}}


@pytest.mark.parametrize("field", ["arr", "mrr", "seats_purchased", "renewal_date", "domain", "domains"])
def test_money_terms_and_domains_never_go_to_support(field: str) -> None:
    assert field not in ORGANIZATIONS.writable()
    with pytest.raises(Refused):
        ORGANIZATIONS.encode({field: 1}, ORGANIZATION)


def test_an_end_user() -> None:
    found = USERS.decode(USER)
    assert not found.refused
    assert found.values == {
        "email": "pim@acme.example",
        "given_name": "Mary Ann",
        "family_name": "Placeholder",
        "phone": None,
        "account": RefValue("organizations", "5001"),
        "accounts": {RefValue("organizations", "5001")},
        "consents": {"email/marketing": {"state": "denied", "evidence": "marketing_email"}},
        "last_seen_at": NOON,
    }


def test_a_consent_both_ways() -> None:
    yes, no = ({"state": state, "evidence": "hs"} for state in ("granted", "denied"))
    assert USERS.encode({"consents": {"email/marketing": no}}, USER) == {}
    assert USERS.encode({"consents": {"email/marketing": yes}}, USER) == {"user_fields": {"marketing_email": "yes"}}
    assert USERS.encode({"consents": {"email/marketing": None}}, USER) == {"user_fields": {"marketing_email": None}}
    with pytest.raises(Refused) as refused:
        USERS.encode({"consents": {"email/news": no}}, USER)
    assert refused.value.code == "no_place_for"


@pytest.mark.parametrize(("fields", "said"), [({}, None), (None, None), ({"marketing_email": ""}, {"email/marketing": None})])
def test_silence_is_no_consent_either_way(fields: Any, said: Any) -> None:
    assert USERS.decode({**USER, "user_fields": fields}).values.get("consents") == said


def test_a_consent_that_is_no_word_of_ours_is_refused() -> None:
    found = USERS.decode({**USER, "user_fields": {"marketing_email": "perhaps"}})
    assert [each.field for each in found.refused] == ["consents"]
    assert found.values["email"] == "pim@acme.example"


def test_an_agent_who_is_suspended_does_not_work_here() -> None:
    agent = {"id": 1, "name": "Ada Invented", "email": "ada@lanternfish.example", "active": True, "suspended": False}
    assert SHIPPED["agents"].decode(agent).values == {
        "name": "Ada Invented",
        "email": "ada@lanternfish.example",
        "active": True,
    }
    assert SHIPPED["agents"].decode({**agent, "suspended": True}).values["active"] is False


def test_a_ticket() -> None:
    minutes = {"reply_time_in_minutes": {"calendar": 12, "business": 3}, "full_resolution_time_in_minutes": {"calendar": 60}}
    ticket = {
        "id": 7,
        "subject": "Help",
        "status": "solved",
        "priority": None,
        "type": "incident",
        "via": {"channel": "native_messaging"},
        "tags": ["escalated"],
        "organization_id": 5001,
        "requester_id": 6001,
        "assignee_id": None,
        "created_at": "2026-01-31T12:00:00Z",
        "metric_set": {**minutes, "solved_at": "2026-01-31T13:00:00Z"},
    }
    found = SHIPPED["tickets"].decode(ticket)
    assert not found.refused
    assert found.values == {
        "account": RefValue("organizations", "5001"),
        "requester": RefValue("users", "6001"),
        "assignee": None,
        "subject": "Help",
        "status": "solved",
        "priority": None,
        "topic": "incident",
        "channel": "chat",
        "created_at": NOON,
        "solved_at": NOON.replace(hour=13),
        "first_reply_minutes": Decimal(12),
        "resolution_minutes": Decimal(60),
        "escalated_at": NOON,
    }
    assert SHIPPED["tickets"].decode({**ticket, "metric_set": None}).values["resolution_minutes"] is None


RATING = {
    "id": 8,
    "ticket_id": 7,
    "requester_id": 6001,
    "organization_id": 5001,
    "comment": "Fast",
    "updated_at": "2026-01-31T12:00:00Z",
}


@pytest.mark.parametrize(
    ("word", "score"), [("good", Decimal(1)), ("good_with_comment", Decimal(1)), ("bad", Decimal(0)), ("offered", None)]
)
def test_a_legacy_rating(word: str, score: Decimal | None) -> None:
    values = SHIPPED["ratings"].decode({**RATING, "score": word}).values
    assert (values["kind"], values["score"], values["account"]) == ("csat", score, RefValue("organizations", "5001"))
    assert (values["scale"], values["answered_at"]) == ((None, None) if score is None else (Decimal(1), NOON))


def test_an_unknown_score_is_refused() -> None:
    found = SHIPPED["ratings"].decode({**RATING, "score": "splendid"})
    assert {each.field for each in found.refused} == {"score", "scale", "answered_at"}


def test_a_survey_response() -> None:
    options = [{"id": "o", "rating": score} for score in (1, 2, 3)]
    answers = [
        {"type": "rating_scale", "rating": 2, "question": {"options": options}, "created_at": "2026-01-31T12:00:00.000Z"},
        {"type": "skipped"},
        {"type": "open_ended", "value": "Fast"},
    ]
    subjects = [{"type": "zen:ticket", "id": "7"}]
    raw = {"id": "01J", "responder_id": 6001, "organization_id": None, "subjects": subjects, "answers": answers}
    found = SHIPPED["survey_responses"].decode(raw)
    assert not found.refused
    assert found.values == {
        "kind": "csat",
        "account": None,
        "contact": RefValue("users", "6001"),
        "ticket": RefValue("tickets", "7"),
        "score": Decimal(2),
        "scale": Decimal(3),
        "answered_at": NOON,
        "comment": "Fast",
    }
    assert SHIPPED["survey_responses"].decode({**raw, "answers": []}).values["score"] is None
