"""rules.yaml: what it says, and how it tells what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conflict.rules import ROLES, RULES_FILE, Limit, Rules, load_rules
from mappings.canonical import ENTITIES
from mappings.documents import BadDocument


def load(text: str) -> Rules:
    return load_rules(text, ENTITIES, ["stripe", "hubspot"])


def test_the_shipped_rules_load_and_say_who_owns_what() -> None:
    bound = load_rules(RULES_FILE, ENTITIES).bind({role: {role} for role in ROLES})
    account = bound.table(ENTITIES["account"])
    for field, owner in (
        ("arr", "billing"),
        ("payment_status", "billing"),
        ("active_users", "product"),
        ("open_tickets", "support"),
    ):
        assert account[field].rule.locked
        assert list(account[field].rule.ranks) == [owner]
    assert next(iter(account["name"].rule.ranks)) == "crm"
    assert account["phone"].rule.unsure_ask
    assert account["legal_name"].rule.strategy == "ask"
    assert bound.table(ENTITIES["contact"])["consents"].rule.pick == "most_restrictive"


@pytest.mark.parametrize(
    ("text", "line", "field", "code", "nearest"),
    [
        ("account:\n  phnoe: {order: [crm]}", 2, "account.phnoe", "unknown_field", "phone"),
        ("acount: {phone: {order: [crm]}}", 1, "acount", "unknown_key", "account"),
        ("account:\n  phone: {order: [crm, hubspt]}", 2, "account.phone.order[1]", "unknown_role_or_connection", "hubspot"),
        ("account:\n  phone: {latst: all}", 2, "account.phone.latst", "unknown_key", "latest"),
        ("account:\n  phone: {latest: all, unsure: aks}", 2, "account.phone.unsure", "unknown_word", "ask"),
        ("account:\n  phone: {pick: hihgest}", 2, "account.phone.pick", "unknown_word", "highest"),
        (
            "account:\n  exists: {create: {suport: {}}}",
            2,
            "account.exists.create.suport",
            "unknown_role_or_connection",
            "support",
        ),
        (
            "account:\n  exists: {create: {support: {staus: [a]}}}",
            2,
            "account.exists.create.support.staus",
            "unknown_field",
            "status",
        ),
        ("limits: {creats: 1}", 1, "limits.creats", "unknown_key", "creates"),
    ],
)
def test_a_wrong_word_is_named_with_its_place_and_the_nearest_valid_one(
    text: str, line: int, field: str, code: str, nearest: str
) -> None:
    with pytest.raises(BadDocument) as bad:
        load(text)
    error = next(each for each in bad.value.errors if each.code == code)
    assert (error.file, error.line, error.field, error.data["nearest"]) == ("rules.yaml", line, field, nearest)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("account:\n  phone: {order: [crm], latest: all}", "one_strategy"),
        ("account:\n  phone: {locked: true}", "one_strategy"),
        ("account:\n  phone: {order: [crm], unsure: ask}", "option_without_effect"),
        ("account:\n  phone: {latest: all, locked: true}", "locked_without_names"),
        ("account:\n  phone: {order: crm}", "not_a_list_of_names"),
        ("account:\n  name: {pick: highest}", "pick_does_not_fit"),
        ("account:\n  health_score: {order: [crm]}", "reserved_field"),
        ("limits: {changes: many}", "not_a_limit"),
        ("limits: {changes: 2.5}", "not_a_limit"),
    ],
)
def test_a_wrong_option_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadDocument) as bad:
        load(text)
    assert code in [each.code for each in bad.value.errors]


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(BadDocument) as bad:
        load("account:\n  phnoe: {order: [crm]}\n  name: {order: [crn]}\nlimits: {creates: x}")
    assert [each.line for each in bad.value.errors] == [2, 3, 4]


def test_a_known_role_that_no_connection_has_is_no_error() -> None:
    bound = load("account:\n  name: {order: [warehouse, crm]}").bind({"hubspot": {"crm"}})
    assert bound.table(ENTITIES["account"])["name"].rule.ranks == {"hubspot": 1}


def test_a_connection_with_two_roles_takes_the_better_place() -> None:
    bound = load("account:\n  name: {order: [marketing, billing, crm]}").bind(
        {"hubspot": {"crm", "marketing"}, "stripe": {"billing"}}
    )
    assert bound.table(ENTITIES["account"])["name"].rule.ranks == {"hubspot": 0, "stripe": 1}


def test_the_version_is_of_what_is_said_not_how() -> None:
    said = load("account:\n  name: {order: [crm]}\n")
    assert said.version == load("# why\naccount: {name: {order: [  crm ]}}").version
    assert said.version != load("account:\n  name: {order: [billing]}\n").version


def test_existence_and_limits() -> None:
    exists = "exists: {order: [crm], on_delete: keep, create: {support: {status: [customer]}}}"
    rules = load(f"account:\n  {exists}\nlimits: {{creates: 20, changes: 5%}}")
    bound = rules.bind({"zendesk": {"support"}, "hubspot": {"crm"}}).exists("account")
    assert (bound.ranks, bound.on_delete, bound.create) == ({"hubspot": 0}, "keep", {"zendesk": {"status": ("customer",)}})
    assert rules.limits == {"creates": Limit(most=20), "changes": Limit(share=Decimal("0.05"))}
    assert rules.limits["changes"].exceeded(6, 100)
    assert not rules.limits["changes"].exceeded(5, 100)
    assert not rules.limits["creates"].exceeded(20, 0)
