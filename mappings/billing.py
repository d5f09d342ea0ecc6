"""What the modules `mappings/<vendor>/subscriptions.py` share: the canonical subscription that finance reads, and exact numbers.
Each of them offers `subscriptions`, of the type `Subscriptions` below: a vendor's raw objects in, canonical subscriptions out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Protocol

from mappings.currency import plain
from mappings.scalars import amount, decimal_of, wrong
from mappings.values import Refused

Raw = Mapping[str, Any]
_WIDE = Context(prec=200)  # the usual 28 digits would round an amount silently


class Subscriptions(Protocol):
    """`document`: the vendor's objects as its API returns them, read by `mappings.strict_json` (no float anywhere).

    `as_of`: an aware instant in the zone in which people mean it: a vendor's dates without a time begin at midnight there.
    A bad record raises nothing, its code is in `problems`; `Refused` is raised only for a document that holds no subscriptions.
    Each subscription id comes once.
    """

    def __call__(self, document: Raw, as_of: datetime) -> list[dict[str, Any]]: ...


def subscription(id: str | None, account: str | None, **fields: Any) -> dict[str, Any]:
    """A canonical subscription: the fields of `mappings.entities.money.SUBSCRIPTION`, and what only a file can tell.

    Amounts are major units as exact text, instants aware datetimes or ISO 8601 with a zone, `account` the billing customer's id.

    - `status`: one of our canonical words. Anything else is the error `unknown_status`, unless `excluded` is set.
    - `excluded`: why it does not count, in the vendor's words (`status_future`, `in_trial`). Beside the status `trialing` it is
      only how that exclusion is called: `trialing: include` counts it all the same.
    - `minor_digits`: decimals to which lines and discounts are rounded, by the vendor's own table.
    - A cancellation to come is a live status with `cancel_at` (when it ends) and `canceled_at` (when somebody asked for it).
    - `problems`: codes of data that are missing or wrong. The first one is the subscription's error, if it would count.
    - `notes`: codes that the formula tells, without any effect on the figure.
    - `past_due_since`: the due date, else the creation, of the oldest open invoice.
    - `reported`: the vendor's own figures by name ({"mrr": "83.33"}), to compare with; nothing is computed from them.
    """
    blank: dict[str, Any] = dict.fromkeys(_INSTANTS) | {
        "id": id, "account": account, "status": None, "excluded": None, "currency": None, "minor_digits": None, "live": True,
        "items": [], "discounts": [], "customer_discounts": [], "cancel_at_period_end": False, "pause": None,
        "tax": {"automatic": False, "inclusive_rates": []}, "problems": [], "notes": [],
    }  # fmt: skip
    return _filled(blank, ("past_due_since", "reported"), fields)


def item(id: str | None, **fields: Any) -> dict[str, Any]:
    """What is billed every `count` times `interval` (day, week, month, year; a quarter is 3 months).

    - `amount`: what the line bills a period, where the vendor says so itself; unit, quantity and tiers only explain it then.
    - `price_for`: unit and tiers are for so many times `interval`, if not for `count`: 12 if a price is a year's, billed monthly.
    - `scheme` `per_unit`: `unit` x `quantity`; `tiered`: by `tiers` and `tiers_mode` (`graduated`, `volume`).
    - `recurring` False: billed once; `usage` `metered`: by use. Neither counts.
    - `from`, `until`: instants; the line counts from the first up to, not on, the second.
    - `problem`: a code that is the subscription's error, if this line counts.
    """
    blank: dict[str, Any] = {
        "id": id, "product": None, "price": None, "quantity": None, "deleted": False, "recurring": True, "usage": "licensed",
        "interval": None, "count": 1, "scheme": "per_unit", "tiers_mode": None, "unit": None, "tiers": [], "divide_by": None,
        "round": None, "tax_behavior": "unspecified", "inclusive_rates": None, "discounts": [],
    }  # fmt: skip
    return _filled(blank, ("amount", "price_for", "from", "until", "problem"), fields)


def discount(id: str | None, **fields: Any) -> dict[str, Any]:
    """`percent_off` ("15"), or `amount_off` by currency ({"USD": "5.00"}), which is taken once a period.

    - `duration`: `forever`; `repeating`: from `start` up to, not on, `end` (None is open); `once`.
    - `products`: only lines whose `product` is one of these. `interval`, `count`: only lines of that period.
    - `problem`: a code that is the subscription's error, if this discount is looked at.
    """
    blank: dict[str, Any] = {
        "id": id, "percent_off": None, "amount_off": None, "duration": "forever", "start": None, "end": None, "products": None,
    }  # fmt: skip
    return _filled(blank, ("interval", "count", "problem"), fields)


_INSTANTS = (
    "trial_start", "trial_end", "created_at", "started_at", "cancel_at", "canceled_at", "ended_at", "period_start", "period_end",
)  # fmt: skip


def _filled(blank: dict[str, Any], optional: Iterable[str], fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - blank.keys() - set(optional):
        raise TypeError(f"no such field: {', '.join(sorted(unknown))}")
    return blank | fields


def number(value: Any) -> Decimal:
    """A JSON number or a decimal text, exact; raises Refused for a float and for what is no number."""
    if value.__class__ in (int, Decimal):
        return amount(value)
    if value.__class__ is not str:
        raise wrong("number", value)
    return decimal_of(value)


def exact(value: Any) -> str | None:
    """`number` as the shortest exact text; None stays None."""
    return None if value is None else plain(number(value))


def minor(value: Any, digits: int) -> str | None:
    """Minor units as exact text in major units; None stays None."""
    return None if value is None else plain(number(value).scaleb(-digits, _WIDE))


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one in place of null and of an id that was not expanded."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """A list of objects; null is an empty one. Raises Refused for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong("list", value)
    for each in value:
        if not isinstance(each, dict):
            raise wrong("object", each)
    return value


def records(document: Raw, one: str, many: str) -> list[dict[str, Any]]:
    """The objects under `many`, or the one under `one`; raises Refused (`missing_key`, `wrong_type`)."""
    if many not in document and one not in document:
        raise Refused("missing_key", word=many)
    found = document[many] if many in document else [document[one]]
    if found is None:
        raise wrong("list", found)
    return objects(found)


def once(subscriptions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each id once: the first. Without an id, each is its own."""
    found: dict[Any, dict[str, Any]] = {}
    for number, each in enumerate(subscriptions):
        found.setdefault(number if each["id"] is None else each["id"], each)
    return list(found.values())
