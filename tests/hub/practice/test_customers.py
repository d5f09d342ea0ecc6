"""Practice customers: read from CSV with good errors, completed by draws that are the same everywhere."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.practice import World
from hub.practice.customers import CustomersError, Problem, from_csv, invented
from hub.practice.draw import Draw
from hub.practice.places import Place, place

TODAY = date(2026, 11, 30)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def read(file: Path, text: str | bytes, seed: int = 1) -> World:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return from_csv(file, seed, TODAY)


def problems(file: Path, text: str | bytes) -> list[Problem]:
    with pytest.raises(CustomersError) as caught:
        read(file, text)
    assert str(file) in str(caught.value)
    return caught.value.problems


def test_a_name_is_enough_and_other_columns_are_used(file: Path) -> None:
    header = "Symbol,Security,GICS Sector,Headquarters Location,Employees,Founded\n"
    (told,) = read(file, header + 'X,Wobbly Teapot Works,Financials,"Cork, Ireland","12,500",2025 (1901)\n').customers
    assert (told.name, told.industry, told.city, told.country) == ("Wobbly Teapot Works", "finance", "Cork", "IE")
    assert (told.employees, told.tier, told.domain) == (12_500, "enterprise", "wobblyteapotworks.example")
    assert told.since.year >= 2025
    (bare,) = read(file, "name\nWobbly Teapot Works\n").customers
    assert bare.city
    assert bare.employees > 0


@pytest.mark.parametrize(
    "text", ["\ufeffname,city\nA,B\n", "NAME;City\nA;B\n", "city\tname\nB\tA\n", 'name,city\r\n"A",B\r\n\r\n , \r\n']
)
def test_byte_order_mark_semicolons_tabs_and_blank_lines(file: Path, text: str) -> None:
    assert [one.name for one in read(file, text).customers] == ["A"]


def test_every_bad_row_is_named_by_its_line(file: Path) -> None:
    text = "name,city\nA,B\n,Cork\nC\nD,E,F\n\x07,x\n???,y\n" + "n" * 301 + ",z\n"
    assert problems(file, text) == [
        Problem("name_missing", 3), Problem("ragged_row", 4, "1 cells, the header has 2"),
        Problem("ragged_row", 5, "3 cells, the header has 2"), Problem("name_has_control_characters", 6, "\x07"),
        Problem("name_has_no_letters", 7, "???"), Problem("name_too_long", 8, "n" * 60),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem("no_name_column", 1)),
        ("title,city\nA,B\n", Problem("no_name_column", 1, "title, city")),
        ("name,security\nA,B\n", Problem("column_twice", 1, "name")),
        ("name\n", Problem("no_customers")),
        ("name\nCaf\xe9".encode("latin-1"), Problem("not_utf8", 2, "byte 0xe9")),
    ],
)
def test_a_file_that_cannot_be_used_says_why(file: Path, text: str | bytes, problem: Problem) -> None:
    assert problems(file, text) == [problem]


def test_an_open_quote_and_a_missing_file_are_errors(file: Path) -> None:
    assert [one.code for one in problems(file, 'name\n"A')] == ["not_csv"]
    with pytest.raises(CustomersError, match="not_readable"):
        from_csv(file / "nothing", 1, TODAY)


def test_the_same_seed_gives_the_same_world_on_every_machine() -> None:
    assert invented(50, 7, TODAY) == invented(50, 7, TODAY)
    assert invented(50, 8, TODAY).customers != invented(50, 7, TODAY).customers
    # Written down once: it must never change by machine, hash seed or Python version.
    assert Draw(1, "x").number("y", 0, 999) == 250


def test_a_row_more_changes_no_row_before_it(file: Path) -> None:
    assert read(file, "name\nA\nB\n").customers == read(file, "name\nA\nB\nC\n").customers[:2]


@given(st.integers(1, 300), st.integers(0, 2**63))
def test_a_world_is_complete_and_harmless(count: int, seed: int) -> None:
    customers = invented(count, seed, TODAY).customers
    assert [one.number for one in customers] == list(range(count))
    for unique in ("name", "domain", "phone"):
        assert len({getattr(one, unique) for one in customers}) == count
    for one in customers:
        assert re.fullmatch(r"[a-z0-9-]+\.example", one.domain)
        assert 2 <= len({person.email for person in one.people}) == len(one.people) <= 4
        assert all(person.email.endswith(f"@{one.domain}") for person in one.people)
        assert all(re.fullmatch(r"\+1 \d{3}-555-01\d\d", phone) for phone in (one.phone, *(each.phone for each in one.people)))
        assert one.since < TODAY < one.renewal <= date(TODAY.year + 1, TODAY.month, TODAY.day)
        for plan in one.plans:
            assert plan.seats > 0
            assert plan.unit > 0
            assert 0 <= plan.percent_off < 100
            assert plan.currency != "JPY" or plan.unit == plan.unit.to_integral_value()


def test_the_mix_is_that_of_a_real_customer_base() -> None:
    customers = invented(3000, 1, TODAY).customers
    plans = [plan for one in customers for plan in one.plans]
    billed = Counter(len(one.plans) for one in customers)
    currencies, intervals = Counter(plan.currency for plan in plans), Counter(plan.interval for plan in plans)
    assert billed[1] > 10 * billed[2] / 2 > 0 < billed[0]
    assert currencies["USD"] > 4 * currencies["EUR"] > 4 * currencies["JPY"] > 0
    assert intervals["month"] > intervals["year"] > 0
    assert {plan.status for plan in plans} == {"active", "past_due", "trialing", "unpaid", "paused_collection"}
    assert any(plan.unit % 1 for plan in plans)
    assert 0 < sum(plan.percent_off > Decimal(0) for plan in plans) < len(plans) / 4
    assert any(len({plan.currency for plan in one.plans}) == 2 for one in customers)


def test_equal_names_get_domains_of_their_own(file: Path) -> None:
    world = read(file, "name\nFox (Class A)\nFox (Class B)\nFox Ltd\n株式会社\n")
    assert [one.domain for one in world.customers] == ["fox.example", "fox-2.example", "fox-3.example", "customer3.example"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Saint Paul, Minnesota", Place("Saint Paul", "Minnesota", "US")),
        ("Dublin, Ireland", Place("Dublin", "", "IE")),
        ("Warmley, Bristol, United Kingdom", Place("Warmley", "Bristol", "GB")),
        ("Chicago, Illinois; Pittsburgh, Pennsylvania", Place("Chicago", "Illinois", "US")),
        ("Miami, Florida[3]", Place("Miami", "Florida", "US")),
        ("none", None),
        ("", None),
    ],
)
def test_places(text: str, found: Place | None) -> None:
    assert place(text) == found
