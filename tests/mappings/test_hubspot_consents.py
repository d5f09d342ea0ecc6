"""HubSpot's subscriptions as consents, both ways: what a contact can hold is put, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.load import load_all
from mappings.types import Refused

CONTACTS = load_all()["hubspot", "contacts"]
CONSENTS = CONTACTS.fields["consents"]
MARKETING, REMINDERS = "email/marketing", "email/transactional_renewal_reminders"
YES, NO = {"state": "granted"}, {"state": "denied"}
WORDS = {"SUBSCRIBED": "granted", "UNSUBSCRIBED": "denied", "NOT_SPECIFIED": None}
statuses = st.sampled_from(sorted(WORDS))


def contact(marketing: str = "SUBSCRIBED", reminders: str = "SUBSCRIBED", opted_out: bool = False) -> dict[str, Any]:
    return {
        "id": "1",
        "properties": {"email": "pim@sheep.example", "hs_email_optout": "true" if opted_out else None},
        "subscriptions": {
            "1004": {"name": "Marketing", "status": marketing, "legalBasis": None},
            "1005": {"name": "Transactional renewal reminders", "status": reminders, "legalBasis": None},
        },
    }


def read(raw: dict[str, Any]) -> dict[str, Any]:
    return {topic: None if each is None else each["state"] for topic, each in CONTACTS.decode(raw).values["consents"].items()}


@given(statuses, statuses)
def test_every_topic_of_the_portal_is_shown_and_silence_is_a_blank(marketing: str, reminders: str) -> None:
    assert read(contact(marketing, reminders)) == {MARKETING: WORDS[marketing], REMINDERS: WORDS[reminders]}


@given(statuses, statuses, st.sampled_from([YES, NO, None]), st.sampled_from([YES, NO, None]))
def test_what_is_put_is_read_and_only_what_changes_is_sent(marketing: str, reminders: str, first: Any, second: Any) -> None:
    raw, wanted = contact(marketing, reminders), {MARKETING: first, REMINDERS: second}
    held = CONSENTS.put(wanted, raw)
    assert {topic: state or None for topic, state in read(held).items()} == {
        topic: None if each is None else each["state"] for topic, each in wanted.items()
    }
    assert list(held["subscriptions"]) == list(raw["subscriptions"])
    sent = CONTACTS.encode({"consents": wanted}, raw).get("subscriptions", {})
    assert set(sent) == {id for id in raw["subscriptions"] if held["subscriptions"][id] != raw["subscriptions"][id]}


def test_a_no_is_sent_alone_with_its_own_name_and_basis() -> None:
    change = CONTACTS.encode({"consents": {MARKETING: NO, REMINDERS: YES}}, contact())
    assert change == {"subscriptions": {"1004": {"name": "Marketing", "status": "UNSUBSCRIBED", "legalBasis": ""}}}
    basis = {"state": "granted", "basis": "CONSENT_WITH_NOTICE"}
    change = CONTACTS.encode({"consents": {MARKETING: basis, REMINDERS: YES}}, contact("NOT_SPECIFIED"))
    assert change["subscriptions"]["1004"]["legalBasis"] == "CONSENT_WITH_NOTICE"


def test_two_consents_mean_the_same_if_their_states_do() -> None:
    """Each system has evidence of its own; that is no disagreement, and no write."""
    other = {MARKETING: {"state": "granted", "evidence": "a call on Monday"}, REMINDERS: {"state": "granted", "basis": "X"}}
    assert CONTACTS.encode({"consents": other}, contact()) == {}


def test_the_portal_wide_opt_out_denies_every_topic_but_service_messages() -> None:
    assert read(contact(opted_out=True)) == {MARKETING: "denied", REMINDERS: "granted", "email/all": "denied"}
    assert CONTACTS.encode({"consents": {MARKETING: NO, REMINDERS: NO, "email/all": NO}}, contact(opted_out=True)) == {
        "subscriptions": {
            "1005": {"name": "Transactional renewal reminders", "status": "UNSUBSCRIBED", "legalBasis": ""},
        }
    }


@pytest.mark.parametrize(
    ("wanted", "opted_out", "code"),
    [
        ({MARKETING: YES, REMINDERS: YES, "email/all": NO}, True, "opted_out"),
        ({MARKETING: NO, REMINDERS: YES}, True, "opted_out"),
        ({MARKETING: YES, REMINDERS: YES, "sms/marketing": NO}, False, "no_place_for"),
    ],
    ids=["a yes under the opt-out", "the opt-out itself", "a topic that the portal does not have"],
)
def test_what_hubspot_cannot_hold_is_refused_with_a_code(wanted: Any, opted_out: bool, code: str) -> None:
    with pytest.raises(Refused) as refused:
        CONSENTS.put(wanted, contact(opted_out=opted_out))
    assert refused.value.code == code


def test_without_the_scope_consents_are_not_seen_rather_than_empty() -> None:
    raw = contact()
    del raw["subscriptions"]
    assert "consents" not in CONTACTS.decode(raw).values


def test_of_two_types_with_one_name_the_stricter_answer_counts_and_both_are_written() -> None:
    raw = contact()
    raw["subscriptions"]["1005"]["name"] = " marketing "
    assert read(raw) == {MARKETING: "granted"}
    assert set(CONTACTS.encode({"consents": {MARKETING: NO}}, raw)["subscriptions"]) == {"1004", "1005"}
    raw["subscriptions"]["1004"]["status"] = "UNSUBSCRIBED"
    assert read(raw) == {MARKETING: "denied"}


def test_a_word_that_nobody_knows_is_left_as_it_is() -> None:
    raw = contact("MAYBE")
    assert read(raw) == {REMINDERS: "granted"}
    assert CONTACTS.encode({"consents": {REMINDERS: NO}}, raw).keys() == {"subscriptions"}
    assert set(CONTACTS.encode({"consents": {REMINDERS: NO}}, raw)["subscriptions"]) == {"1005"}
