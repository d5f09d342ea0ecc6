"""The state machine of signing: one way, one step at a time, never one person for both, never a snapshot that changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub.finance.snapshots import CLOSED, DRAFT, PREPARED, REVIEWED, Facts, Signature, sign, state
from hub.finance.snapshots.sign_off import STATES
from hub.words import Problem

AT = datetime(2026, 12, 2, 9, tzinfo=UTC)
FACTS = Facts(1, "h1", "four_eyes", 3)
people = st.sampled_from(["Ada", "Lou", "Pim"])


def code(facts: Facts, signed: list[Signature], new: str, by: str) -> str | None:
    try:
        sign(facts, signed, new, by, AT)
    except Problem as problem:
        return problem.code
    return None


class Signing(RuleBasedStateMachine):
    """Anybody tries anything at any time, under four eyes."""

    def __init__(self) -> None:
        super().__init__()
        self.facts, self.signed = FACTS, list[Signature]()

    @rule(new=st.sampled_from([PREPARED, REVIEWED, CLOSED]), by=people)
    def attempt(self, new: str, by: str) -> None:
        before = list(self.signed)
        try:
            self.signed.append(sign(self.facts, self.signed, new, by, AT))
        except Problem:
            assert self.signed == before

    @rule(by=people)
    def the_bytes_change(self, by: str) -> None:
        """Then nothing goes on: what was signed is not what stands there."""
        if self.signed:
            changed = replace(self.facts, hash="h2")
            for new in STATES[1:]:
                assert code(changed, self.signed, new, by) is not None

    @invariant()
    def it_went_step_by_step(self) -> None:
        assert tuple(each.new for each in self.signed) == STATES[1 : 1 + len(self.signed)]
        assert all(before.new == after.old for before, after in zip(self.signed, self.signed[1:], strict=False))

    @invariant()
    def two_people_did_it(self) -> None:
        by = {each.new: each.by for each in self.signed}
        assert REVIEWED not in by or by[REVIEWED] != by[PREPARED]

    @invariant()
    def what_is_closed_stays_as_it_is(self) -> None:
        if state(self.signed) == CLOSED:
            assert all(
                code(self.facts, self.signed, new, by) == "snapshot_state" for new in STATES[1:] for by in ("Ada", "Lou")
            )


TestSigning = Signing.TestCase


def test_a_draft_is_what_nobody_signed() -> None:
    assert state([]) == DRAFT


@given(people)
def test_one_person_is_enough_where_the_policy_says_single(by: str) -> None:
    signed: list[Signature] = []
    for new in STATES[1:]:
        signed.append(sign(replace(FACTS, sign_off="single"), signed, new, by, AT))
    assert state(signed) == CLOSED


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (replace(FACTS, missing=("stripe: stale",)), "snapshot_incomplete"),
        (replace(FACTS, rows=0), "snapshot_without_rows"),
    ],
)
def test_a_run_that_proves_nothing_cannot_be_signed(facts: Facts, told: str) -> None:
    assert code(facts, [], PREPARED, "Ada") == told


def test_every_signature_names_the_bytes_that_were_signed() -> None:
    assert sign(FACTS, [], PREPARED, "Ada", AT).hash == "h1"
