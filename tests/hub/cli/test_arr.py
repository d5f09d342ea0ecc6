"""`hub arr` as finance uses it: a file in, figures out, and nothing else touched."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
NOW = "2026-11-30T12:00:00Z"
MONTHLY = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
PRICE = {"id": "price_1", "object": "price", "currency": "usd", "product": "prod_1", "recurring": MONTHLY, "unit_amount": 3333}
HALF = {"id": "di_1", "source": {"coupon": {"id": "co_1", "percent_off": 15, "duration": "forever"}}, "start": 0, "end": None}
ITEM = {"id": "si_1", "quantity": 3, "price": PRICE}


def subscription(*items: dict[str, Any], **other: Any) -> dict[str, Any]:
    made = {
        "id": "sub_1",
        "status": "active",
        "livemode": True,
        "currency": "usd",
        "customer": {"id": "cus_1", "discount": None},
    }
    return made | {"items": {"data": list(items) or [ITEM], "has_more": False}, "discounts": [HALF]} | other


class Said(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        (line,) = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


class Desk:
    """A folder without any hub: no database, no HUB_HOME, no variable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def arr(self, content: Any, *options: str, vendor: str = "stripe", as_of: str | None = NOW) -> Said:
        file = self.write("billing.json", content)
        return self.run(str(file), "--vendor", vendor, *([] if as_of is None else ["--as-of", as_of]), *options)

    def run(self, *arguments: str) -> Said:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT)}
        environment |= {name: os.environ[name] for name in ("PYTHONIOENCODING",) if name in os.environ}
        command = [sys.executable, "-m", "hub.cli", "arr", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, env=environment, check=False)
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_one_line_says_outcome_figures_formula_and_policy(desk: Desk) -> None:
    said = desk.arr({"subscriptions": [subscription()]}, "--json")
    told = said.told
    # 33.33 x 3 = 99.99, less 15 % (14.9985, rounded 15.00) = 84.99 a month, x 12 = 1019.88.
    figures = {"USD": {"mrr": "84.99", "arr": "1019.88"}}
    assert (said.status, told["outcome"], told["code"], told["by_currency"]) == (0, "ok", None, figures)
    (one,) = told["subscriptions"]
    assert (one["id"], one["account"], one["outcome"], one["by_currency"]) == ("sub_1", "cus_1", "ok", figures)
    assert [step["step"] for step in one["formula"]] == ["line", "discount", "year", "arr"]
    assert told["as_of"] == "2026-11-30T12:00:00+00:00"
    assert told["policy"].keys() == {"name", "version", "hash"}
    assert told["policy"]["name"] == "net_billed_run_rate_v1"


def test_a_person_can_redo_it_on_paper(desk: Desk) -> None:
    tiers = [{"up_to": 10, "unit_amount": 500, "flat_amount": 100}, {"up_to": None, "unit_amount": 400}]
    packed = PRICE | {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}
    packed |= {"transform_quantity": {"divide_by": 2, "round": "up"}, "recurring": MONTHLY | {"interval_count": 3}}
    taxed = [{"percentage": 19.0, "inclusive": True}]
    second = subscription({"id": "si_2", "quantity": 23, "price": packed, "tax_rates": taxed}, id="sub_2", discounts=[])
    said = desk.arr({"subscriptions": [subscription(), second, subscription(id="sub_3", status="trialing")]})
    assert said.status == 0
    for line in (
        "sub_1 of customer cus_1: ok",
        "si_1: 33.33 \N{MULTIPLICATION SIGN} 3 = 99.99 a month",
        "discount di_1: 15 % \N{MULTIPLICATION SIGN} 99.99 = 14.9985, rounded 15",
        "si_1: less 15 leaves 84.99",
        "si_1: 84.99 \N{MULTIPLICATION SIGN} 12 = 1019.88 a year",
        "ARR 1019.88 USD, MRR 84.99 USD (exactly 1019.88 and 1019.88 ÷ 12)",
        # 23 packs of two: 12. Ten at 5.00 and 1.00, two at 4.00: 59.00 a quarter. Without 19 %: 49.5798.., four times a year.
        "si_2: 23 ÷ 2 = 12 (rounded up)",
        "si_2: (10 \N{MULTIPLICATION SIGN} 5 + 1) + (2 \N{MULTIPLICATION SIGN} 4 + 0) = 59 every 3 months",
        "si_2: 59 ÷ (1 + 19 %) of tax inside the price = 5900/119, rounded 49.58",
        "si_2: 49.58 \N{MULTIPLICATION SIGN} 12 ÷ 3 = 198.32 a year",
        "sub_3 of customer cus_1: excluded (status_trialing)",
        "does not count: its status is trialing.",
        "Total: ARR 1218.20 USD, MRR 101.52 USD",  # 1019.88 + 198.32; 84.99 + 16.53
        "Outcome: ok",
        "by the policy net_billed_run_rate_v1 (version 1,",
    ):
        assert line in said.out, said.out


@pytest.mark.parametrize(
    ("several", "status", "outcome", "code", "by_currency"),
    [
        ([], 0, "ok", None, {}),
        ([subscription(status="unpaid")], 0, "excluded", "status_unpaid", {"USD": {"mrr": "0.00", "arr": "0.00"}}),
        ([subscription(livemode=False)], 0, "excluded", "test_mode", {"USD": {"mrr": "0.00", "arr": "0.00"}}),
        ([subscription(discounts=["di_1"])], 1, "error", "discounts_not_expanded", None),
        (
            [subscription(), subscription(id="sub_2", status="odd")], 1, "partial", "unknown_status",
            {"USD": {"mrr": "84.99", "arr": "1019.88"}},
        ),
    ],
)  # fmt: skip
def test_outcomes_and_exit_statuses(
    desk: Desk, several: list[Any], status: int, outcome: str, code: str | None, by_currency: Any
) -> None:
    said = desk.arr({"subscriptions": several}, "--json")
    told = said.told
    assert (said.status, told["outcome"], told["code"], told["by_currency"]) == (status, outcome, code, by_currency)
    assert desk.arr({"subscriptions": several}).status == status


def test_a_policy_file_changes_the_figure_and_its_name(desk: Desk) -> None:
    policy = desk.write("ours.yaml", "discounts: none\n")
    told = desk.arr({"subscriptions": [subscription()]}, "--policy", str(policy), "--json").told
    assert told["by_currency"] == {"USD": {"mrr": "99.99", "arr": "1199.88"}}  # 99.99 x 12
    assert told["policy"]["name"] == "net_billed_run_rate_v1 discounts=none"


def test_the_instant_is_what_decides(desk: Desk) -> None:
    ends = subscription(cancel_at=1_796_040_000)  # 2026-11-30T12:00:00Z
    before, then = (desk.arr({"subscriptions": [ends]}, "--json", as_of=at).told for at in ("2026-11-30T12:59:59+01:00", NOW))
    assert (before["outcome"], then["code"]) == ("ok", "status_canceled")
    assert desk.arr({"subscriptions": [subscription()]}, "--json", as_of=None).told["as_of"].endswith("+00:00")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ('{"subscriptions": [],\n "subscriptions": []}', "file_not_json", "subscriptions stands twice"),
        ('{"subscriptions": [\n{"id": }]}', "file_not_json", "line 2"),
        ('{"subscriptions": [{"x": NaN}]}', "file_not_json", "NaN"),
        ("[]", "file_not_json", "object"),
        ("", "file_not_json", "line 1"),
        ("{}", "no_billing_objects", "subscriptions is missing"),
        ('{"subscriptions": 3}', "no_billing_objects", "list"),
        ('{"subscriptions": [{"x": 1e99999999999999999999}]}', "file_not_json", "digits"),
    ],
)
def test_an_unreadable_file_is_exit_2_and_says_where(desk: Desk, content: str, code: str, words: str) -> None:
    said = desk.arr(content, "--json")
    assert (said.status, said.told) == (2, nothing(code))
    assert words in said.err
    assert "billing.json" in said.err


def nothing(code: str) -> dict[str, Any]:
    return {"outcome": "error", "code": code, "by_currency": None, "subscriptions": []}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--vendor", "stripe", "--as-of", "2026-11-30"], "not_an_instant"),
        (["--vendor", "stripy"], "billing_vendor_unknown"),
        (["--vendor", "stripe", "--policy", "none.yaml"], "policy_unusable"),
        ([], "usage"),
        (["--vendor", "stripe", "--no-such-option"], "usage"),
    ],
)
def test_with_json_unusable_arguments_are_one_object_too(desk: Desk, arguments: list[str], code: str) -> None:
    said = desk.run(str(desk.write("billing.json", {"subscriptions": []})), *arguments, "--json")
    assert (said.status, said.told) == (2, nothing(code))
    assert said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vendor", "stripe", "--as-of", "2026-11-30T12:00:00"], "time zone"),
        (["--vendor", "stripe", "--as-of", "yesterday"], "time zone"),
        (["--vendor", "stripy"], "Did you mean stripe?"),
        (["--vendor", "../stripe"], "There are: chargebee, recurly, stripe, zuora"),
        (["--vendor", "stripe", "--policy", "none.yaml"], "none.yaml"),
        (["--vendor", "stripe", "--policy", "bad.yaml"], "bad.yaml:2: past_deu: there is no setting past_deu. Did you mean past_due?"),
        (["--vendor", "stripe", "--policy", "odd.yaml"], "odd.yaml:1: tax:"),
        ([], "--vendor"),
    ],
)  # fmt: skip
def test_bad_arguments_are_exit_2(desk: Desk, arguments: list[str], words: str) -> None:
    desk.write("bad.yaml", "tax: exclude\npast_deu: exclude\n")
    desk.write("odd.yaml", "tax: perhaps\n")
    file = desk.write("billing.json", {"subscriptions": []})
    said = desk.run(str(file), *arguments)
    assert (said.status, said.out) == (2, "")
    assert words in said.err


def test_a_file_that_is_not_there_is_exit_2(desk: Desk) -> None:
    said = desk.run("nowhere.json", "--vendor", "stripe")
    assert (said.status, "nowhere.json" in said.err) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_half_a_character_and_a_terminal_without_letters_end_nothing(
    desk: Desk, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    found = {"subscriptions": [subscription(id="sub_\ud800_é")]}
    assert desk.arr(found, "--json").told["subscriptions"][0]["id"] == "sub_\ud800_é"
    assert "ARR 1019.88 USD" in desk.arr(found).out


def test_amounts_never_pass_through_a_float(desk: Desk) -> None:
    # 0.001 dollars x 30,000,000,000,000,010 = 30,000,000,000,000.01: a float would lose the last digits. Twelve times: .12
    price = PRICE | {"unit_amount": None, "unit_amount_decimal": "0.1"}
    item = ITEM | {"price": price, "quantity": 30_000_000_000_000_010}
    told = desk.arr({"subscriptions": [subscription(item, discounts=[])]}, "--json").told
    assert told["by_currency"]["USD"] == {"mrr": "30000000000000.01", "arr": "360000000000000.12"}


def test_it_starts_at_once_and_touches_nothing(desk: Desk) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert desk.arr({"subscriptions": [subscription()]}).status == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The processor's time: how long others keep two shared cores busy says nothing of us.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1
    assert [each.name for each in desk.folder.iterdir()] == ["billing.json"]


def test_no_engine_is_imported(desk: Desk) -> None:
    file = desk.write("billing.json", {"subscriptions": [subscription()]})
    code = (
        "import sys; from hub.cli import make_app;"
        f" make_app()(['arr', {str(file)!r}, '--vendor', 'stripe', '--json'], standalone_mode=False);"
        " print([name for name in ('sqlalchemy', 'psycopg', 'redis', 'celery', 'stripe') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
