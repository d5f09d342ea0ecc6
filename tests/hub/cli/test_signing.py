"""Finance signs: prepared by one, reviewed by another, closed; in real processes, against practice systems."""

from __future__ import annotations

import pytest

ADA, LOU, PIM = ("--as", "Ada Invented"), ("--as", "Lou Nobody"), ("--as", "Pim Placeholder")


@pytest.fixture
def agreed(connected):
    """Written and read back: the ARR check ties out. Ada and Lou are of finance, Pim is not."""
    for _ in range(2):
        assert connected("sync", "--confirm").status == 0
    for (_, name), role in ((ADA, "finance"), (LOU, "finance"), (PIM, "support")):
        said = connected("people", "add", name, "--email", f"{name.split()[0].lower()}@lanternfish.example", "--role", role)
        assert said.status == 0, said.err
    return connected


def wrong(hub, twins) -> None:
    """Somebody types another ARR into the practice CRM, and it is read, but not put right."""
    companies = twins["hubspot"].twin.table("companies")
    id = next(id for id, each in companies.items() if each["properties"].get("concord_arr") == "30416.40")
    twins["hubspot"].twin.edit("companies", id, concord_arr="30416.39")
    assert hub("connections", "set", "hubspot", "--writes", "off").status == 0
    assert hub("sync", "--read-only").status == 0


def test_the_way_of_a_snapshot(agreed):
    [made] = agreed("tieout", "prepare", *ADA, "--json").lines
    assert (made["snapshot"], made["state"], made["ties_out"], made["sign_off"]) == (1, "prepared", True, "four_eyes")

    said = agreed("tieout", "review", "1", *ADA)
    assert said.status == 2
    assert "somebody else has to review it" in said.err
    assert agreed("tieout", "review", "1", *LOU, "--hash", made["hash"][:10]).status == 0
    assert agreed("tieout", "close", "1", HUB_AS="Ada Invented").status == 0
    said = agreed("tieout", "close", "1", *LOU)
    assert said.status == 2
    assert "only what is reviewed can be closed" in said.err

    [listed] = agreed("tieout", "list", "--json").lines
    assert listed["state"] == "closed"
    assert [(each["new"], each["by"], each["hash"] == made["hash"]) for each in listed["signatures"]] == [
        ("prepared", "Ada Invented", True),
        ("reviewed", "Lou Nobody", True),
        ("closed", "Ada Invented", True),
    ]
    said = agreed("tieout", "show", "1", "--verify")
    assert said.status == 0, said.err
    assert "the same to the byte" in said.out
    assert "Nothing has changed since it was taken." in said.out + said.err


def test_nobody_signs_without_a_name_and_only_finance_does(agreed):
    for words, told in (
        ([], "Name yourself with --as NAME"),
        (["--as", "Ada Invnted"], "Did you mean Ada Invented?"),
        (PIM, "does not have the role finance"),
    ):
        for command in (["prepare"], ["review", "1"], ["close", "1"]):
            said = agreed("tieout", *command, *words)
            assert said.status == 2
            assert told in said.err
            assert said.out == ""
    assert agreed("tieout", "list", "--json").lines == []


def test_a_difference_needs_a_comment_and_is_shown_with_it(agreed, twins):
    wrong(agreed, twins)
    said = agreed("tieout", "prepare", *ADA, "--json")
    assert said.status == 3
    assert "Snapshot 1 stays a draft: 1 differences" in said.err
    draft, row = said.lines
    assert (draft["state"], row["event"], row["difference"]) == ("draft", "open", "-0.01")
    account = row["account"]
    assert account in agreed("tieout", "prepare", "1", *ADA).out

    said = agreed("tieout", "prepare", "1", *ADA, "--accept", account, "EUR")
    assert said.status == 2
    assert "comment" in said.err
    said = agreed("tieout", "prepare", "1", *ADA, "--accept", account, "USD", "--comment", "wrong currency")
    assert said.status == 2
    assert "is no open difference" in said.err

    assert agreed("tieout", "prepare", "1", *ADA, "--accept", account, "EUR", "--comment", "a typo, tonight").status == 0
    head = agreed("tieout", "show", "1", "--json", "--no-now").lines[0]
    [accepted] = head["signatures"][0]["accepted"]
    assert (accepted["account"], accepted["difference"], accepted["comment"]) == (account, "-0.01", "a typo, tonight")
    assert "a typo, tonight" in agreed("tieout", "show", "1").out

    said = agreed("tieout", "prepare", *ADA, "--accept", row["reason"], "--comment", "all of this reason", "--json")
    assert said.status == 0, said.err
    assert said.lines[0]["state"] == "prepared"


def test_an_adjustment_is_a_line_beside_the_figures(agreed, twins):
    wrong(agreed, twins)
    account = agreed("tieout", "prepare", *ADA, "--json").lines[1]["account"]
    before = agreed("tieout", "--json").lines[-1]["totals"]
    said = agreed("tieout", "adjust", account, "eur", "-0.01", "--until", "2099-01-01", "--reason", "credit note", *PIM)
    assert said.status == 2
    said = agreed(
        "tieout", "adjust", account, "eur", "-0.01", "--until", "2099-01-01", "--reason", "credit note", *LOU, "--json"
    )
    assert said.status == 0, said.err
    assert said.lines[0] | {"event": 0} == {
        "event": 0, "account": account, "currency": "EUR", "amount": "-0.01", "until": "2099-01-01T00:00:00Z",
        "reason": "credit note", "by": "Lou Nobody",
    }  # fmt: skip
    *_, whole = after = agreed("tieout", "--json").lines
    assert whole["totals"] == before
    assert after[0] == said.lines[0]
    assert "credit note" in agreed("tieout").out
    assert agreed("tieout", "prepare", "1", *ADA).status == 0
    assert "credit note" in agreed("tieout", "show", "1").out
    for amount in ("1e3", "0.001", "NaN", "1,000"):
        said = agreed("tieout", "adjust", account, "EUR", amount, "--until", "2099-01-01", "--reason", "why", *LOU)
        assert said.status == 2
        assert "is no amount of EUR" in said.err


def test_a_run_that_was_not_read_whole_cannot_be_signed(hub, twins):
    assert (
        hub("connections", "add", "stripe", "stripe", *(f"--set={k}={v}" for k, v in twins["stripe"].config.items())).status
        == 0
    )
    assert hub("people", "add", "Ada Invented", "--email", "ada@lanternfish.example", "--role", "finance").status == 0
    said = hub("tieout", "prepare", *ADA)
    assert said.status == 1
    assert "cannot be signed" in said.err
    assert hub("tieout", "list", "--json").lines == []


def test_decisions_bear_a_name_once_people_are_known(agreed):
    for command in (["conflicts", "resolve", "x", "--value", "v"], ["dead", "drop", "x"], ["duplicates", "merge", "a", "b"]):
        assert "--as" in agreed(*command, "--help").out
    first, second = [each["id"] for each in agreed("records", "account", "--json").lines][:2]
    said = agreed("duplicates", "not-same", first, second)
    assert said.status == 2
    assert "Name yourself" in said.err
    assert agreed("duplicates", "not-same", first, second, *PIM).status == 0
