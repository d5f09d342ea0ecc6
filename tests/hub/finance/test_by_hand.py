"""`hub arr` against figures that a person worked out on paper, one case at a time."""

from __future__ import annotations

import json
from pathlib import Path

import hand_counting
import hand_discounts
import hand_prices
import hand_shapes
import hand_tax
import pytest
from stripe_hand import Case
from typer.testing import CliRunner

from hub.cli import make_app

APP = make_app()
CASES = [case for room in (hand_counting, hand_prices, hand_shapes, hand_discounts, hand_tax) for case in room.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_by_hand(case: Case, tmp_path: Path) -> None:
    (tmp_path / "billing.json").write_text(json.dumps(case.file))
    (tmp_path / "policy.yaml").write_text(case.policy)
    chosen = ["--policy", str(tmp_path / "policy.yaml")] if case.policy else []
    said = CliRunner().invoke(
        APP, ["arr", str(tmp_path / "billing.json"), "--vendor", "stripe", "--as-of", case.as_of, "--json", *chosen]
    )
    told = json.loads(said.stdout)
    expected = None if case.figures is None else {code: {"mrr": mrr, "arr": arr} for code, (mrr, arr) in case.figures.items()}
    assert (told["outcome"], told["code"], told["by_currency"]) == (case.outcome, case.code, expected), case.hand
    assert said.exit_code == (0 if case.outcome in {"ok", "excluded"} else 1)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
