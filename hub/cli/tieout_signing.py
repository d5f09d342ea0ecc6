"""`hub tieout` prepare, review, close, list, show, adjust: what finance signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from hub.cli import rim
from hub.cli.people import Signs
from hub.cli.rim import AsJson, _
from hub.cli.tieout import AsOf, gathered, group
from hub.words import Problem

if TYPE_CHECKING:
    from decimal import Decimal

    from hub.context import Hub
    from hub.finance.snapshots import Acceptance
    from hub.people import Person

SnapshotId = Annotated[int, typer.Argument(metavar="ID", help=_("As `hub tieout list` shows it."))]
Hash = Annotated[
    str | None, typer.Option("--hash", help=_("What you looked at: nothing is signed if the snapshot has another hash."))
]
Comment = Annotated[str | None, typer.Option(help=_("Why, for whoever asks later."))]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="ACCOUNT|REASON [CUR]",
        help=_("A difference that you accept: of an account, or every one of a reason, in a currency; repeatable."),
    ),
]
Comments = Annotated[
    list[str] | None, typer.Option("--comment", help=_("Why you accept it: one for each, in their order, or one for all."))
]

_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?", re.ASCII)


def register(app: typer.Typer) -> None:
    """These belong to `hub tieout`."""
    del app


class Pairs(TyperCommand):
    """`--accept ACCOUNT CUR`: one option with one or two words, which no option can have by itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _joined(args))


def _joined(args: list[str]) -> list[str]:
    """The currency after an accepted row becomes part of the option's value."""
    found: list[str] = []
    for word in (part for arg in args for part in (arg.split("=", 1) if arg.startswith("--accept=") else [arg])):
        accepting = len(found) > 1 and found[-2] == "--accept" and _CURRENCY.fullmatch(word)
        if accepting and " " not in found[-1]:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


@group.command(cls=Pairs, help=_("Keep the report of now, or of --as-of, and sign it as prepared; with ID, sign that draft."))
def prepare(
    id: Annotated[int | None, typer.Argument(metavar="[ID]", help=_("A draft that stands already."))] = None,
    *,
    as_of: AsOf = None,
    accept: Accept = None,
    comment: Comments = None,
    hash: Hash = None,
    as_: Signs = None,
    json: AsJson = False,
) -> None:
    from hub import signing
    from hub.finance.snapshots import DRAFT

    with rim.opened() as hub:
        by = _finance(hub, as_)
        taken = _acceptances(hub, accept or [], comment or [])
        made = id if id is not None else signing.draft(hub, gathered(hub, rim.instant(as_of)), by)
        done = signing.prepare(hub, made, by, taken, given=hash)
        _tell(hub, made, json)
    if done.state == DRAFT:
        _refuse(made, done.settled.open, json)


def _refuse(id: int, open_: Any, as_json: bool) -> None:
    """The draft stands, and waits for a person."""
    if as_json:
        for row in open_:
            rim.line({**row, "event": "open"})
    else:
        from hub.cli.tieout_snapshot import rows

        rows(open_)
    rim.say(rim.sentence(Problem("snapshot_open", id=id, count=len(open_))))
    rim.leave(rim.WAITS)


def _acceptances(hub: Hub, accept: list[str], comments: list[str]) -> list[Acceptance]:
    from hub.finance.snapshots import Acceptance

    if accept and len(comments) == 1:
        comments *= len(accept)
    if len(comments) != len(accept):
        raise Problem("accept_without_comment")
    wanted = [_paired(each) for each in accept]
    return [
        Acceptance(_known(hub, what), comment, currency) for (what, currency), comment in zip(wanted, comments, strict=True)
    ]


def _paired(given: str) -> tuple[str, str | None]:
    what, _space, currency = given.partition(" ")
    return what, _currency(currency) if currency else None


def _known(hub: Hub, what: str) -> str:
    """Our id of an account, however it is named; a reason, or a billing customer whom nobody knows, as it is."""
    from hub.readings.records import find

    try:
        with hub.engine.connect() as database:
            return find(hub, database, "account", what)
    except Problem:
        return what


@group.command(help=_("Sign a prepared snapshot as reviewed. Not by who prepared it, unless the policy says sign_off: single."))
def review(id: SnapshotId, *, comment: Comment = None, hash: Hash = None, as_: Signs = None, json: AsJson = False) -> None:
    _advance(id, "reviewed", comment, hash, as_, json)


@group.command(help=_("Close a reviewed snapshot: the next bridge begins with it."))
def close(id: SnapshotId, *, comment: Comment = None, hash: Hash = None, as_: Signs = None, json: AsJson = False) -> None:
    _advance(id, "closed", comment, hash, as_, json)


def _advance(id: int, new: str, comment: str | None, given: str | None, as_: str | None, as_json: bool) -> None:
    from hub import signing

    with rim.opened() as hub:
        signing.advance(hub, id, new, _finance(hub, as_), given=given, comment=comment)
        _tell(hub, id, as_json)


def _finance(hub: Hub, name: str | None) -> Person:
    from hub import people

    return people.acting(hub, name, role=people.FINANCE)


def _tell(hub: Hub, id: int, as_json: bool) -> None:
    from hub import signing
    from hub.cli.tieout_snapshot import listed

    with hub.engine.connect() as database:
        listed([signing.load(database, id)], as_json)


@group.command("list", help=_("Snapshots, and who signed them."))
def list_(*, json: AsJson = False) -> None:
    from hub import signing
    from hub.cli.tieout_snapshot import listed

    with rim.opened() as hub, hub.engine.connect() as database:
        listed(signing.snapshots(database), json)


@group.command(help=_("A snapshot: its rows, who signed, what was accepted, and what has changed since."))
def show(
    id: SnapshotId,
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help=_("Compute it again from the inputs that it keeps, and compare byte for byte."))
    ] = False,
    now: Annotated[bool, typer.Option("--now/--no-now", help=_("Compare with what is known now."))] = True,
    every: Annotated[bool, typer.Option("--all", help=_("Show the rows that match, too."))] = False,
    json: AsJson = False,
) -> None:
    from hub import signing
    from hub.cli.tieout_snapshot import show as shown
    from hub.finance.snapshots import again
    from hub.readings.arr.since import since

    with rim.opened() as hub, hub.engine.connect().execution_options(isolation_level="REPEATABLE READ") as database:
        stored, kept = signing.load(database, id), signing.content(database, id)
        signed = stored.signatures[-1].at if stored.signatures else None
        beside = signing.adjustments(database, stored.as_of, signed)
        changed = since(hub, database, kept) if now else None
    same = None if not verify else kept.hash == stored.facts.hash and again(kept) == kept
    shown(stored, kept, beside, changed, same, every=every, as_json=json)
    if same is False:
        rim.leave(rim.FAILED)


@group.command(
    help=_("Answer for a difference until a date: a line beside the figures, never in ARR. 0 takes it back."),
    context_settings={"ignore_unknown_options": True},  # a negative amount is no option
)
def adjust(
    account: Annotated[str, typer.Argument(help=_("Our id, or CONNECTION:OBJECT:EXTERNAL_ID."))],
    currency: Annotated[str, typer.Argument(metavar="CUR", help=_("ISO 4217."))],
    amount: Annotated[str, typer.Argument(help=_("The difference as the report shows it, with its sign."))],
    *,
    until: Annotated[str, typer.Option(metavar="DATE", help=_("ISO 8601; from then on it does not count."))],
    reason: Annotated[str, typer.Option(help=_("Why, for whoever asks later."))],
    as_: Signs = None,
    json: AsJson = False,
) -> None:
    from hub import signing
    from hub.cli.tieout_snapshot import adjustment
    from hub.clock import from_micros
    from hub.readings.changes import instant
    from hub.readings.records import find

    code, ends = _currency(currency), from_micros(instant(until))
    with rim.opened() as hub:
        by = _finance(hub, as_)
        with hub.engine.connect() as database:
            golden = find(hub, database, "account", account)
        made = signing.adjust(hub, by, golden, code, _amount(amount, code), until=ends, reason=reason)
    row = adjustment(made)
    rim.listed([row], as_json=json, columns=("account", "currency", "amount", "until", "reason", "by"), empty="")


def _currency(text: str) -> str:
    from mappings.currency import currency_code
    from mappings.values import Refused

    try:
        return currency_code(text)
    except Refused:
        raise Problem("currency_unusable", currency=text) from None


def _amount(text: str, currency: str) -> Decimal:
    from decimal import Decimal

    from mappings.currency import iso_digits

    if not _AMOUNT.fullmatch(text):
        raise Problem("adjustment_unusable", amount=text, currency=currency, digits=iso_digits(currency))
    return Decimal(text)
