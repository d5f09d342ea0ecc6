"""CSV in and out: nothing that runs, nothing that loses a cent, nothing that is guessed."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.files import sheet
from hub.finance.csv import Amount, parsed, safe, unsafe, written
from hub.words import Problem

CONNECTIONS = ("stripe", "hubspot")


@pytest.mark.parametrize(
    "lead", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\u200b=", "\ufeff@"]
)
def test_pain_a_name_that_a_spreadsheet_would_run(lead):
    assert safe(lead + "cmd|' /C calc'!A0").startswith("'")


def test_real_negative_numbers_stay_numbers_and_texts_do_not_become_them():
    assert written([["-5", Amount(Decimal(-4200), "USD"), Amount(Decimal(5), "JPY"), 3, None]]) == '"\'-5",-4200.00,5,3,\r\n'


@given(st.text())
def test_what_was_made_safe_can_be_read_back(text):
    assert unsafe(safe(text)) == text


@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), min_size=1, max_size=5))
def test_any_text_survives_the_file(texts):
    [row] = csv.reader(io.StringIO(written([texts]), newline=""), strict=True)
    assert [unsafe(cell) for cell in row] == texts


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(["USD", "JPY", "KWD"]))
def test_amounts_are_plain_decimals(amount, currency):
    [[cell]] = csv.reader(io.StringIO(written([[Amount(amount, currency)]])))
    assert Decimal(cell) == amount
    assert set(cell) <= set("-0123456789.")


def test_a_sheet_of_finance():
    sheet = parsed('name,stripe_id,currency,arr\n"Acme, Inc.",cus_1,usd,12000.00\n\nBlank,cus_2,EUR,\n', "arr.csv", CONNECTIONS)
    assert sheet.kind == "stripe_id"
    assert [entry[:4] for entry in sheet.entries] == [(2, "cus_1", "USD", Decimal("12000.00")), (4, "cus_2", "EUR", None)]
    assert sheet.entries[0].more == {"name": "Acme, Inc."}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "csv_key_column", 1),
        ("name,currency,arr\n", "csv_key_column", 1),
        ("account,domain,currency,arr\n", "csv_key_column", 1),
        ("zuora_id,currency,arr\n", "csv_key_column", 1),
        ("account,arr\n", "csv_column", 1),
        ("account,currency,arr,arr\n", "csv_column", 1),
        ('account,currency,arr\na,USD,1\nb,USD,"1,000.00"\n', "csv_amount", 3),
        ("account,currency,arr\na,USD,1e3\n", "csv_amount", 2),
        ("account,currency,arr\na,USD,NaN\n", "csv_amount", 2),
        ("account,currency,arr\na,USD,$5\n", "csv_amount", 2),
        ("account,currency,arr\na,USD,٣\n", "csv_amount", 2),
        ("account,currency,arr\na,USD,1234567890123456\n", "csv_amount", 2),
        ("account,currency,arr\na,USD,0.1234567890\n", "csv_amount", 2),
        ("account;currency;arr\na;USD;1,00\n", "csv_key_column", 1),
        ("account,currency,arr\n\n\na,dollars,1\n", "csv_currency", 4),
        ("account,currency,arr\n,USD,1\n", "csv_key_empty", 2),
        ("account,currency,arr\na,USD\n", "csv_cells", 2),
        ('account,currency,arr\n"a\nb",USD,1\nc,USD,x\n', "csv_amount", 4),
        ('account,currency,arr\n"a,USD,1\n', "csv_broken", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text, code, line):
    with pytest.raises(Problem) as caught:
        parsed(text, "arr.csv", CONNECTIONS)
    assert (caught.value.code, caught.value.data["file"], caught.value.data["line"]) == (code, "arr.csv", line)


def test_a_file_that_is_not_there_or_not_utf8(tmp_path: Path):
    with pytest.raises(Problem, match="file_unreadable"):
        sheet(tmp_path / "none.csv", CONNECTIONS)
    (tmp_path / "latin.csv").write_bytes("account,currency,arr\nMüller,EUR,1\n".encode("latin-1"))
    with pytest.raises(Problem) as caught:
        sheet(tmp_path / "latin.csv", CONNECTIONS)
    assert (caught.value.code, caught.value.data["line"]) == ("csv_not_utf8", 2)


def test_excels_mark_of_utf8_is_no_part_of_the_header(tmp_path: Path):
    (tmp_path / "excel.csv").write_bytes("\ufeffaccount,currency,arr\r\na,USD,1.10\r\n".encode())
    assert sheet(tmp_path / "excel.csv", CONNECTIONS).entries[0].arr == Decimal("1.10")
