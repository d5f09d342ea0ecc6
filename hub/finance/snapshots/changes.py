"""What became of a snapshot's rows since: restated for the same instant, moved on since then, turned from a match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.finance.snapshots.differences import Key, name
from hub.finance.tieout.reasons import INCOMPLETE, MATCH

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """An account in one currency. `billing`: None without any subscription, or where `kind` is incomplete."""

    billing: Decimal | None
    kind: str

    @property
    def incomplete(self) -> bool:
        return self.kind == INCOMPLETE


@dataclass(frozen=True, slots=True)
class Changed:
    """`restated`: for the snapshot's own instant, as known now; `known` is false where nobody can tell. `now`: as it stands now."""

    account: str
    currency: str
    was: Standing
    restated: Standing
    now: Standing
    known: bool = True

    @property
    def restatement(self) -> Decimal | None:
        """What is absent is nothing; None where it is not known."""
        if not self.known or self.was.incomplete or self.restated.incomplete:
            return None
        return (self.restated.billing or Decimal(0)) - (self.was.billing or Decimal(0))

    @property
    def turned(self) -> bool:
        """It matched, and does not any more."""
        return self.was.kind == MATCH != self.now.kind


NOTHING = Standing(None, MATCH)


def standings(lines: Iterable[Line], renamed: Mapping[str, str] | None = None) -> dict[Key, Standing]:
    """A report's rows by account and currency. `renamed`: accounts that have become part of another one."""
    found: dict[Key, Standing] = {}
    for line in lines:
        if line["event"] != "report":
            key = (renamed or {}).get(name(line), name(line)), line["currency"]
            found[key] = _both(found.get(key, NOTHING), Standing(_amount(line["billing"]), _kind(line)))
    return found


def changes(was: Mapping[Key, Standing], restated: Mapping[Key, Standing] | None, now: Mapping[Key, Standing]) -> list[Changed]:
    """In order of account and currency. `restated` None: the snapshot's instant cannot be asked about any more."""
    found = []
    for key in sorted({*was, *(restated or {}), *now}):
        before = was.get(key, NOTHING)
        each = Changed(
            *key, before, (was if restated is None else restated).get(key, NOTHING), now.get(key, NOTHING), restated is not None
        )
        if (each.restated.billing, each.now) != (before.billing, before):
            found.append(each)
    return found


def _kind(line: Line) -> str:
    kinds = [side["class"] for side in line["sides"].values()]
    return INCOMPLETE if INCOMPLETE in kinds else str(line["class"])


def _both(a: Standing, b: Standing) -> Standing:
    """Two rows of one account, where several records speak for it."""
    billing = b.billing if a.billing is None else a.billing if b.billing is None else a.billing + b.billing
    kinds = (a.kind, b.kind)
    return Standing(billing, INCOMPLETE if INCOMPLETE in kinds else next((each for each in kinds if each != MATCH), MATCH))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
