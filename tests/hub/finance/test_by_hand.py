"""`hub arr` against figures that a person worked out on paper, one case at a time."""

from __future__ import annotations

import json
from pathlib import Path

import hand_chargebee
import hand_counting
import hand_discounts
import hand_prices
import hand_recurly
import hand_shapes
import hand_tax
import hand_zuora
import pytest
from click.testing import CliRunner
from paper import Case
from typer.main import get_command

from hub.cli import make_app

APP = get_command(make_app())
TABLES = {
    "stripe": [hand_counting, hand_prices, hand_shapes, hand_discounts, hand_tax],
    "chargebee": [hand_chargebee],
    "recurly": [hand_recurly],
    "zuora": [hand_zuora],
}
CASES = [(vendor, case) for vendor, tables in TABLES.items() for table in tables for case in table.CASES]
NAMES = [f"{vendor}: {case.name}" for vendor, case in CASES]


@pytest.mark.parametrize(("vendor", "case"), CASES, ids=NAMES)
def test_by_hand(vendor: str, case: Case, tmp_path: Path) -> None:
    (tmp_path / "billing.json").write_text(json.dumps(case.file))
    (tmp_path / "policy.yaml").write_text(case.policy)
    chosen = ["--policy", str(tmp_path / "policy.yaml")] if case.policy else []
    asked = ["arr", str(tmp_path / "billing.json"), "--vendor", vendor, "--as-of", case.as_of, *chosen]
    said = CliRunner().invoke(APP, [*asked, "--json"])
    told = json.loads(said.stdout)
    expected = None if case.figures is None else {code: {"mrr": mrr, "arr": arr} for code, (mrr, arr) in case.figures.items()}
    assert (told["outcome"], told["code"], told["by_currency"]) == (case.outcome, case.code, expected), case.hand
    status = 0 if case.outcome in {"ok", "excluded"} else 1
    assert (said.exit_code, CliRunner().invoke(APP, asked).exit_code) == (status, status)  # told to a person, too


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
