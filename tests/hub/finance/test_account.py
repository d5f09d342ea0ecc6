"""What several subscriptions come to."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from finance_shapes import NOW, item, subscription

from hub.finance import Policy, Total, account

OK, EUROS = subscription(), subscription(item("10.00", "1"), currency="EUR")
TRIAL, UNPAID = subscription(status="trialing"), subscription(status="unpaid", currency="EUR")
BAD, WORSE = subscription(problems=["items_truncated"]), subscription(status="odd")


def total(*several: dict[str, Any], **policy: Any) -> Total:
    return account(several, Policy(**policy), NOW)


def test_marmalade_submarines_one_company_two_billing_customers() -> None:
    monthly, yearly = subscription(item("500.00", "1")), subscription(item("6600.00", "1", interval="year"))
    found = total(monthly, yearly)
    assert (found.status, found.by_currency, found.mrr) == ("ok", {"USD": Decimal("12600.00")}, {"USD": Decimal("1050.00")})


def test_currencies_are_never_added() -> None:
    assert total(OK, EUROS, OK).by_currency == {"EUR": Decimal("120.00"), "USD": Decimal("24000.00")}


@pytest.mark.parametrize(
    ("several", "status", "code", "by_currency"),
    [
        ((), "ok", None, {}),
        ((OK, TRIAL), "ok", None, {"USD": "12000.00"}),
        ((OK, UNPAID), "ok", None, {"EUR": "0.00", "USD": "12000.00"}),
        ((UNPAID, TRIAL), "excluded", "status_unpaid", {"EUR": "0.00", "USD": "0.00"}),
        ((WORSE, BAD), "error", "unknown_status", None),
        ((TRIAL, BAD, WORSE), "error", "items_truncated", None),
        ((OK, UNPAID, BAD), "partial", "items_truncated", {"USD": "12000.00"}),
    ],
)
def test_outcomes(
    several: tuple[dict[str, Any], ...], status: str, code: str | None, by_currency: dict[str, str] | None
) -> None:
    found = total(*several)
    figures = None if found.by_currency is None else {currency: str(figure) for currency, figure in found.by_currency.items()}
    assert (found.status, found.code, figures) == (status, code, by_currency)
    assert len(found.outcomes) == len(several)


def test_totals_are_sums_of_rounded_rows_unless_the_grain_is_the_customer() -> None:
    halves = [subscription(item("0.09", "1", interval="year", count=2))] * 2  # 0.045 a year each
    assert total(*halves).by_currency == {"USD": Decimal("0.10")}
    assert total(*halves, grain="customer").by_currency == {"USD": Decimal("0.09")}
    assert total(TRIAL, grain="customer").by_currency == {"USD": Decimal("0.00")}


def test_the_grain_customer_rounds_each_customer_by_itself() -> None:
    half = subscription(item("0.09", "1", interval="year", count=2))  # 0.045 a year
    several = [half | {"account": customer} for customer in ("a", "a", "b")]
    # a: 0.045 + 0.045 = 0.09; b: 0.045, rounded 0.05.
    assert total(*several, grain="customer").by_currency == {"USD": Decimal("0.14")}
    assert total(*several).by_currency == {"USD": Decimal("0.15")}


def test_figures_are_strings_with_the_decimals_of_the_currency() -> None:
    yen = subscription(item("4800", "10"), currency="JPY", minor_digits=0)
    dinar = subscription(item("1.0005", "1", interval="year"), currency="KWD", minor_digits=3)  # billed 1.001
    assert total(OK, yen, dinar).figures == {
        "JPY": {"mrr": "48000", "arr": "576000"},
        "KWD": {"mrr": "0.083", "arr": "1.001"},
        "USD": {"mrr": "1000.00", "arr": "12000.00"},
    }
    assert total(WORSE).figures is None


def test_next_is_the_earliest_of_all() -> None:
    found = total(subscription(cancel_at="2027-01-02T00:00:00Z"), subscription(cancel_at="2027-01-01T00:00:00Z"), BAD)
    assert found.next == datetime(2027, 1, 1, tzinfo=UTC)
