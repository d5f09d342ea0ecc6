"""The canonical model: what the issue lists is there, complete and well declared; a company's own fields join it."""

from __future__ import annotations

import re

import pytest

from mappings.canonical import ENTITIES, Field, entities, with_custom
from mappings.documents import BadDocument
from mappings.fields import REQUIRED_WHEN, SENSITIVITIES, STEWARDS
from mappings.readings import marketing_consent, missing, read, transactional_consent
from mappings.rollups import ROLLUPS, ref_entities

FIELDS = [(entity.name, field) for entity in ENTITIES.values() for field in entity.fields.values()]
OWN = "account:\n  track:\n    type: enum\n    values: {a: A}\n    label: Track\n    help: How.\n"


@pytest.mark.parametrize(("entity", "field"), FIELDS, ids=[f"{entity}.{field.name}" for entity, field in FIELDS])
def test_every_field_is_declared_in_full(entity: str, field: Field) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
    assert field.label
    assert field.help.endswith(".")
    assert field.sensitivity in SENSITIVITIES
    assert field.steward in STEWARDS
    assert field.required_when in (None, *REQUIRED_WHEN)
    for check in field.checks:
        assert check.kind != "not_before" or check.than in ENTITIES[entity].fields


def test_references_point_at_entities() -> None:
    for entity in ENTITIES.values():
        assert set(ref_entities(entity).values()) <= set(ENTITIES)
    assert ref_entities(ENTITIES["contact"]) == {
        "account": "account",
        "accounts": "account",
        "manager": "contact",
        "owner": "user",
    }


def test_fields_and_rollups_agree() -> None:
    for entity in ENTITIES.values():
        assert {field.name for field in entity.fields.values() if field.rollup} == {
            rollup.field for rollup in ROLLUPS.get(entity.name, ())
        }
    for rollup in ROLLUPS["account"]:
        child = ENTITIES[rollup.child]
        assert rollup.needs <= set(child.fields)
        assert ref_entities(child)[rollup.through] == "account"


def test_reserved_fields_are_those_of_the_issue() -> None:
    assert {field.name for _, field in FIELDS if field.reserved} == {
        "health_score",
        "health_band",
        "health_trend",
        "risk_flags",
        "ltv",
    }


def test_a_field_of_your_own_joins_the_built_in_ones() -> None:
    field = with_custom(OWN)["account"].fields["track"]
    assert (field.custom, field.label, field.type.check("a")) == (True, "Track", "a")
    assert "track" not in ENTITIES["account"].fields
    assert "onboarding_track" in entities()["account"].fields
    assert entities(None) is ENTITIES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (OWN.replace("track", "name"), "hides_built_in"),
        (OWN.replace("enum", "enm"), "unknown_type"),
        (OWN.replace("enum", "structure"), "unknown_type"),
        (OWN.replace("account", "acount"), "unknown_key"),
        (OWN.replace("help", "hlp"), "unknown_key"),
        (OWN.replace("    label: Track\n", ""), "missing_key"),
        (OWN + "    steward: nobody\n", "unknown_word"),
        (OWN + "    not_before: contract_strat\n", "unknown_field"),
        (OWN.replace("track", "Track one"), "not_a_name"),
        ("account:\n  x: {type: ref, label: X, help: X.}\n", "missing_key"),
    ],
)
def test_a_wrong_field_is_told(text: str, code: str) -> None:
    with pytest.raises(BadDocument) as bad:
        with_custom(text)
    assert code in {error.code for error in bad.value.errors}


def test_missing_values_are_findings_and_zero_is_no_blank() -> None:
    account = ENTITIES["account"]
    assert missing(account, {"name": "Acme"}) == ["domain"]
    assert "renewal_date" in missing(account, {"name": "Acme", "domain": "a.example", "status": "customer"})
    assert missing(account, {"name": "Acme", "domain": "a.example", "lifecycle": "churned"}) == []


def test_consent_is_the_strictest_that_was_said() -> None:
    said = {"email/news": {"state": "granted"}, "email/tips": {"state": "unknown"}, "email/transactional": {"state": "granted"}}
    assert marketing_consent(said) == "granted"
    assert marketing_consent({**said, "email/all": {"state": "denied"}}) == "denied"
    assert transactional_consent({**said, "email/all": {"state": "denied"}}) == "granted"
    assert marketing_consent(None) == "unknown"
    assert read(ENTITIES["contact"].fields["marketing_consent"], {"consents": said}) == "granted"
