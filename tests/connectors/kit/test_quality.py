"""The checklist: every rule answered, every excuse in writing."""

from __future__ import annotations

import pytest

from connectors.kit import quality
from connectors.kit.contract import Connector
from connectors.kit.registry import Plugin

ALL_DONE = "\n".join(f"{rule}: done" for rule in quality.rules())


def answered(rule: str, answer: str) -> list[tuple[str, str]]:
    lines = [line for line in ALL_DONE.splitlines() if not line.startswith(f"{rule}:")]
    _, found = quality.read("\n".join([*lines, f"{rule}: {answer}" if answer else ""]))
    return [(finding.rule, finding.code) for finding in found]


def test_there_are_rules_and_each_promises_something() -> None:
    assert len(quality.rules()) >= 15
    assert all(len(promise.split()) > 4 for promise in quality.rules().values())


@pytest.mark.parametrize("answer", ["done", "todo", "{exempt: Acme has no webhooks}"])
def test_the_three_answers(answer: str) -> None:
    assert answered("webhooks_verified", answer) == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", "unanswered"),
        ("yes", "not_an_answer"),
        ("[done]", "not_an_answer"),
        ("{done: it is}", "not_an_answer"),
        ("exempt", "no_reason"),
        ("{exempt: }", "no_reason"),
        ("{exempt: n/a}", "no_reason"),
        ("{exempt: not needed here}", "no_reason"),
    ],
)
def test_every_other_answer_is_refused(answer: str, code: str) -> None:
    assert answered("edits_once", answer) == [("edits_once", code)]


def test_an_unknown_rule_is_told() -> None:
    assert answered("edits_twice", "done") == [("edits_twice", "unknown_rule")]


@pytest.mark.parametrize("text", ["", "- done", "a: [", "3"])
def test_what_is_no_list_of_answers_is_told(text: str) -> None:
    assert [finding.code for finding in quality.read(text)[1]] == ["not_yaml"]


def test_done_is_checked_against_the_connector(acme: Plugin) -> None:
    class Bare(Connector):
        pass

    assert {finding.rule for finding in quality.check(ALL_DONE, Bare)} == set(quality.VERBS)
    assert {finding.rule for finding in quality.check(ALL_DONE, acme.connector)} == {"batch_apart"}


def test_the_scaffolds_own_list_holds(acme: Plugin) -> None:
    text = quality.of(acme.module)
    assert text is not None
    assert quality.check(text, acme.connector) == []
