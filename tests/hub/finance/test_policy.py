"""The policy file: one key a rule, nothing unknown."""

import json
from dataclasses import asdict
from datetime import time
from pathlib import Path

import pytest

from hub.finance import Policy, load_policy
from hub.finance.policy import CHOICES, CloseAt
from mappings.documents import BadDocument


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


def test_the_defaults_are_the_first_choices_and_bear_the_plain_name(file: Path) -> None:
    file.write_text("# nothing contested\n")
    assert load_policy(file) == Policy()
    assert Policy().label == "net_billed_run_rate_v1"
    assert all(getattr(Policy(), key) == choices[0] for key, choices in CHOICES.items())


def test_every_key_and_value_can_be_written(file: Path) -> None:
    for key, choices in CHOICES.items():
        for choice in choices:
            file.write_text(f"{key}: {choice}\n")  # bare 52 and on are no strings in YAML
            assert getattr(load_policy(file), key) == choice


def test_what_differs_from_the_defaults_is_in_the_label_and_the_hash(file: Path) -> None:
    file.write_text("past_due: exclude\nweek: 365/7\n")
    policy = load_policy(file)
    assert policy.label == "net_billed_run_rate_v1 past_due=exclude week=365/7"
    assert policy.hash != Policy().hash == Policy(**asdict(Policy())).hash
    assert policy.identity == {"name": policy.label, "version": "1", "hash": policy.hash}


def test_past_due_may_count_days(file: Path) -> None:
    file.write_text("past_due: {count_days: 30}\n")
    assert (load_policy(file).past_due, load_policy(file).past_due_days) == ("count_days", 30)


@pytest.mark.parametrize(
    ("text", "code", "field", "nearest"),
    [
        ("past_deu: exclude", "unknown_key", "past_deu", "past_due"),
        ("tax: exclud", "unknown_value", "tax", "exclude"),
        ("tax:", "empty", "tax", None),
        ("tax: [exclude]", "not_text", "tax", None),
        ("past_due: {days: 3, count_days: 3}", "unknown_key", "past_due.days", None),
        ("past_due: {}", "missing_key", "past_due", None),
        ("past_due: {count_days: -1}", "below_minimum", "past_due.count_days", None),
        ("past_due: {count_days: true}", "not_a_whole_number", "past_due.count_days", None),
        ("[tax]", "not_a_mapping", "", None),
    ],
)
def test_an_unknown_word_is_an_error_with_its_place_and_the_nearest_word(
    file: Path, text: str, code: str, field: str, nearest: str | None
) -> None:
    file.write_text(f"# ours\n{text}\n")
    with pytest.raises(BadDocument) as caught:
        load_policy(file)
    (error,) = caught.value.errors
    assert (error.file, error.line, error.field, error.code) == ("policy.yaml", 2, field, code)
    assert error.data.get("nearest") == nearest


def test_a_key_twice_is_an_error() -> None:
    with pytest.raises(BadDocument):
        load_policy("tax: exclude\ntax: include\n")


CLOSE = "close_at: {day: 3, time: 18:00, zone: Europe/Berlin}\n"


def test_when_the_books_close_is_a_schedule_and_no_figure_depends_on_it() -> None:
    policy = load_policy(CLOSE)
    assert policy.close_at == CloseAt(3, time(18), "Europe/Berlin")
    assert (policy, policy.identity) == (Policy(), Policy().identity)
    assert load_policy(CLOSE.replace("18:00", '"18:00"')).close_at == policy.close_at


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("close_at:", "not_a_mapping", "close_at"),
        ("close_at: 3", "not_a_mapping", "close_at"),
        ("close_at: {}", "missing_key", "close_at"),
        ("close_at: {day: 3, zone: UTC}", "missing_key", "close_at"),
        ("close_at: {day: 31, time: 18:00, zone: UTC}", "not_a_day_of_every_month", "close_at.day"),
        ("close_at: {day: first, time: 18:00, zone: UTC}", "not_a_whole_number", "close_at.day"),
        ("close_at: {day: 3, time: 25:00, zone: UTC}", "not_a_time", "close_at.time"),
        ("close_at: {day: 3, time: 18:00Z, zone: UTC}", "not_a_time", "close_at.time"),
        ("close_at: {day: 3, time: 18:00, zone: Europe/Berlim}", "unknown_zone", "close_at.zone"),
        ("close_at: {day: 3, time: 18:00, zone: UTC, hour: 1}", "unknown_key", "close_at.hour"),
    ],
)
def test_a_close_that_cannot_be_kept_is_told_with_its_place(text: str, code: str, field: str) -> None:
    with pytest.raises(BadDocument) as caught:
        load_policy(text)
    (error,) = caught.value.errors
    assert (error.field, error.code) == (field, code)


def test_the_choices_are_all_that_a_snapshot_needs() -> None:
    policy = load_policy("past_due: {count_days: 30}\nweek: 365/7\n" + CLOSE)
    assert json.loads(json.dumps(policy.choices)) == policy.choices
    assert Policy(**policy.choices) == policy
