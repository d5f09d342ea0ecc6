"""docs/arr.md is true: each rule has an example; its figures are worked out by hand there, and are what `hub arr` says."""

from __future__ import annotations

import json

import pytest
from arr_page import PAGE, Example, asked, examples, rewritten

from hub.finance.policy import CHOICES, load_policy

TEXT = PAGE.read_text()
EXAMPLES = list(examples(TEXT))
OTHERS = [(each, words, figures) for each in EXAMPLES for words, figures in each.others]


def test_every_rule_has_its_example() -> None:
    assert [each.rule for each in EXAMPLES] == [f"R{number}" for number in range(1, 21)]
    assert all(each.by_hand for each in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_what_was_worked_out_by_hand_is_what_hub_arr_says(example: Example) -> None:
    told = json.loads(asked(example.objects, "--json").stdout)
    assert {currency: each["arr"] for currency, each in told["by_currency"].items()} == example.by_hand


def test_the_page_shows_what_a_person_sees() -> None:
    """If words were changed: `python -m tests.arr_page` writes them anew."""
    assert rewritten(TEXT) == TEXT


@pytest.mark.parametrize(("example", "words", "figures"), OTHERS, ids=lambda part: part if isinstance(part, str) else "")
def test_other_choices_and_other_instants_come_to_what_the_table_says(example: Example, words: str, figures: str) -> None:
    instant = words.removeprefix("--as-of ")
    asked_for = {"as_of": instant} if instant != words else {"policy": words}
    told = json.loads(asked(example.objects, "--json", **asked_for).stdout)
    arr, _, mrr = figures.partition(", MRR ")
    amount, currency = arr.split()
    assert told["by_currency"][currency] == {"arr": amount, "mrr": mrr or told["by_currency"][currency]["mrr"]}
    assert set(told["by_currency"]) == {currency}


def test_every_word_of_the_policy_file_is_on_the_page_and_tried_out() -> None:
    tried = {words for _, words, _ in OTHERS}
    for key, (default, *others) in CHOICES.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{key}` |"))
        assert row.split("|")[2].strip().startswith(", ".join(f"`{word}`" for word in (default, *others)))
        if key != "sign_off":  # it decides no figure
            assert {f"{key}: {word}" for word in others} <= tried


def test_the_policy_file_on_the_page_can_be_read() -> None:
    written = TEXT.partition("## The policy file")[2].partition("```yaml\n")[2].partition("```")[0]
    policy = load_policy(written)
    assert (policy.past_due_days, policy.close_at is not None) == (30, True)
