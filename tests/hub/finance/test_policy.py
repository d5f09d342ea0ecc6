"""The policy file: one key a rule, nothing unknown."""

from dataclasses import asdict
from pathlib import Path

import pytest

from hub.finance import Policy, PolicyError, load_policy
from hub.finance.policy import CHOICES


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


def test_what_differs_from_the_defaults_is_in_the_label_and_the_version(file: Path) -> None:
    file.write_text("past_due: exclude\nweek: 365/7\n")
    policy = load_policy(file)
    assert policy.label == "net_billed_run_rate_v1 past_due=exclude week=365/7"
    assert policy.version != Policy().version == Policy(**asdict(Policy())).version


def test_past_due_may_count_days(file: Path) -> None:
    file.write_text("past_due: {count_days: 30}\n")
    assert (load_policy(file).past_due, load_policy(file).past_due_days) == ("count_days", 30)


@pytest.mark.parametrize(
    ("text", "code", "key", "nearest"),
    [
        ("past_deu: exclude", "unknown_policy_key", "past_deu", "past_due"),
        ("tax: exclud", "unknown_policy_value", "tax", "exclude"),
        ("past_due: {days: 3}", "unknown_policy_value", "past_due", "{count_days: 30}"),
        ("past_due: {count_days: -1}", "unknown_policy_value", "past_due", "{count_days: 30}"),
        ("past_due: {count_days: true}", "unknown_policy_value", "past_due", "{count_days: 30}"),
    ],
)
def test_an_unknown_word_is_an_error_with_the_nearest_one(file: Path, text: str, code: str, key: str, nearest: str) -> None:
    file.write_text(text)
    with pytest.raises(PolicyError) as caught:
        load_policy(file)
    assert (caught.value.code, caught.value.key, caught.value.nearest) == (code, key, nearest)


@pytest.mark.parametrize(("text", "code"), [("- a", "policy_not_a_mapping"), ("a: [", "policy_not_yaml")])
def test_a_file_that_is_no_mapping_is_an_error(file: Path, text: str, code: str) -> None:
    file.write_text(text)
    with pytest.raises(PolicyError) as caught:
        load_policy(file)
    assert caught.value.code == code
