"""`hub arr`: what is the ARR of these billing objects? It needs no hub: no database, no Redis, no HUB_HOME."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.words import Problem, Problems

if TYPE_CHECKING:
    from hub.finance import Outcome, Policy, Total

SIZE_LIMIT = 256 * 1024 * 1024  # a whole company's subscriptions, where a vendor's page has 10 MiB at most


def register(app: typer.Typer) -> None:
    app.command(cls=OneObject, help=_("What is the ARR of these billing objects? Needs no database."))(arr)


class OneObject(TyperCommand):
    """With `--json` there is always one object, also for arguments that cannot be used."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        as_json = "--json" in args  # parsing takes them away
        try:
            return super().parse_args(ctx, args)
        except typer.Exit:  # help was asked for
            raise
        except Exception:
            if as_json:
                _nothing("usage")
            raise


def arr(
    file: Annotated[Path, typer.Argument(help=_("JSON: the objects as the vendor's API returns them."))],
    *,
    vendor: Annotated[str, typer.Option("--vendor", help=_("Whose objects they are, such as stripe."))],
    as_of: Annotated[str | None, typer.Option("--as-of", help=_("An instant with its time zone; now, if not given."))] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help=_("A policy file, instead of the default policy."))] = None,
    json: AsJson = False,
) -> None:
    from hub.clock import SystemClock
    from hub.finance import account

    try:
        at, chosen = rim.instant(as_of) or SystemClock().now(), _policy(policy)
        subscriptions = _subscriptions(file, vendor, at)
    except Problem as problem:
        if json:
            _nothing(problem.code)
        raise
    total = account(subscriptions, chosen, at)
    if json:
        rim.line(_told(total, subscriptions, chosen, at))
    else:
        _show(total, subscriptions, chosen, at)
    if total.status in ("partial", "error"):
        rim.leave(rim.FAILED)


def _nothing(code: str) -> None:
    """What a program is told where nothing could be read; a person is told why."""
    rim.line({"outcome": "error", "code": code, "by_currency": None, "subscriptions": []})


def _policy(file: Path | None) -> Policy:
    from hub.finance import Policy, load_policy
    from mappings.documents import BadDocument

    if file is None:
        return Policy()
    try:
        return load_policy(file)
    except OSError as error:
        raise Problem("file_unreadable", path=str(file), why=error.strerror or str(error)) from None
    except BadDocument as bad:
        found = [Problem(each.code, file=each.file, line=each.line, field=each.field, **each.data) for each in bad.errors]
        raise Problems("policy_unusable", found) from None


def _subscriptions(file: Path, vendor: str, at: datetime) -> list[dict[str, Any]]:
    from importlib import import_module

    from mappings.strict_json import BadJson, load_json
    from mappings.values import Refused

    known = _vendors()
    if vendor not in known:
        from mappings.scalars import nearest

        raise Problem("billing_vendor_unknown", vendor=vendor, known=", ".join(known), nearest=nearest(vendor, known))
    read = import_module(f"mappings.{vendor}.subscriptions").subscriptions
    try:
        found: list[dict[str, Any]] = read(load_json(file.read_bytes(), SIZE_LIMIT), at)
    except OSError as error:
        raise Problem("file_unreadable", path=str(file), why=error.strerror or str(error)) from None
    except BadJson as bad:
        raise Problem("file_not_json", path=str(file), why=rim.worded(bad.code, bad.data, "json").rstrip(".")) from None
    except Refused as refused:
        raise Problem("no_billing_objects", path=str(file), why=rim.worded(refused.code, refused.data, "json")) from None
    return found


def _vendors() -> list[str]:
    """Every vendor whose billing objects can be read; a new one needs no line here."""
    import mappings

    return sorted(module.parent.name for module in Path(mappings.__path__[0]).glob("*/subscriptions.py"))


def _told(total: Total, subscriptions: list[dict[str, Any]], policy: Policy, at: datetime) -> dict[str, Any]:
    return {
        "outcome": total.status,
        "code": total.code,
        "by_currency": total.figures,
        "subscriptions": [
            {
                "id": each["id"],
                "account": each["account"],
                "outcome": one.status,
                "code": one.code,
                "by_currency": one.figures,
                "formula": one.formula,
            }
            for each, one in zip(subscriptions, total.outcomes, strict=True)
        ],
        "as_of": at.isoformat(),
        "policy": policy.identity,
    }


def _show(total: Total, subscriptions: list[dict[str, Any]], policy: Policy, at: datetime) -> None:
    from contextlib import suppress

    from hub import settings
    from hub.cli.paper import paper, why

    with suppress(Problem):  # settings that a hub would refuse do not matter here
        rim.speak(settings.read().lang)
    for each, one in zip(subscriptions, total.outcomes, strict=True):
        head = _("{id} of customer {account}: {said}", id=each["id"] or "?", account=each["account"] or "?", said=_coded(one))
        rim.show("\n  ".join([head, *paper(one.formula)]))
    for currency, figures in (total.figures or {}).items():
        rim.show(_("Total: ARR {arr} {currency}, MRR {mrr} {currency}", currency=currency, **figures))
    rim.show(_("Outcome: {said}", said=_coded(total)))
    if total.code is not None:
        rim.show(f"{_OUTCOMES[total.status]()}: {why(total.code)}")
    rim.show(_("As of {at}, by the policy {name} (version {version}, {hash})", at=at.isoformat(), **policy.identity))


def _coded(one: Outcome | Total) -> str:
    return one.status if one.code is None else f"{one.status} ({one.code})"


_OUTCOMES = {
    "partial": lambda: _("Partial: at least one subscription has no number"),
    "error": lambda: _("No number"),
    "excluded": lambda: _("Nothing counts"),
}
