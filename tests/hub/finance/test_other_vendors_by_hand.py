"""`hub arr` against figures that a person worked out on paper: Chargebee, Recurly, Zuora, one case at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import make_app
from tests.hub.finance import hand_chargebee, hand_recurly, hand_zuora
from tests.hub.finance.stripe_hand import Case

APP = make_app()
TABLES = {"chargebee": hand_chargebee.CASES, "recurly": hand_recurly.CASES, "zuora": hand_zuora.CASES}
CASES = [pytest.param(vendor, case, id=f"{vendor}: {case.name}") for vendor, cases in TABLES.items() for case in cases]


@pytest.mark.parametrize(("vendor", "case"), CASES)
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
