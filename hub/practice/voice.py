"""What a demo says while it runs: JSON lines for programs, or a story that a person enjoys."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

NONE = "\N{EN DASH}"
Say = Callable[..., str]
Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Staying:
    """What a person can do while the demo goes on. `page`: the status page; `edit`: a command that renames a customer."""

    page: str | None
    edit: str | None


class Voice(Protocol):
    def say(self, event: str, **data: Any) -> None: ...

    def report(self, report: Report, staying: Staying | None) -> None:
        """The last word. `staying`: None if the demo ends now."""


class Lines:
    """One JSON object a line on standard output, and nothing else there."""

    def say(self, event: str, **data: Any) -> None:
        sys.stdout.write(json.dumps({"event": event, **data}, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def report(self, report: Report, staying: Staying | None) -> None:
        del staying
        self.say(**report)


class Story:
    """For people. `_` words a sentence in their language; `titles`: systems as their vendors write themselves."""

    def __init__(self, _: Say, seed: int, titles: Mapping[str, str]) -> None:
        self._, self.seed, self.titles = _, seed, titles
        self.console = Console(highlight=False, soft_wrap=True)

    def say(self, event: str, **data: Any) -> None:
        words = getattr(self, f"_{event}", None)
        if words is not None:
            self.console.print(Text(words(**data)))

    def report(self, report: Report, staying: Staying | None) -> None:
        _, show = self._, self.console.print
        show()
        show(Text(self._head(report), "bold"))
        show(self._table(report))
        show(Text(self._sums(report)))
        if report["arr"]:
            show(
                Text(
                    _("ARR")
                    + "   "
                    + "   ".join(f"{currency} {Decimal(amount):,}" for currency, amount in report["arr"].items())
                )
            )
        if staying is not None:
            self._stay(staying)

    def _stay(self, staying: Staying) -> None:
        _, show = self._, self.console.print
        show()
        if staying.page is not None:
            show(Text(_("Open {page} to watch. Ctrl-C ends the practice run.", page=staying.page)))
        if staying.edit is not None:
            show(Text(_("Rename a customer in one system, and see it arrive in the other:")))
            show(Text(f"  {staying.edit}", "bold"))

    def _practice_system(self, name: str, url: str) -> str:
        return self._("Practice {name} answers at {url}", name=self.titles[name], url=url)

    def _listening(self, systems: list[str]) -> str:
        del systems
        return self._("Listening. Nothing is written until everything was read once …")

    def _listened(self, written: int, disagreements: Mapping[str, Mapping[str, int]]) -> str:
        head = self._(
            "Your systems disagree in {count} values. Updates sent so far: {written}.",
            count=sum(sum(by.values()) for by in disagreements.values()),
            written=written,
        )
        return "\n".join([head, *(f"  {self._difference(field, by)}" for field, by in disagreements.items())])

    def _difference(self, field: str, by: Mapping[str, int]) -> str:
        sides = ", ".join(
            self._("{count} where {system} comes first", count=count, system=self.titles.get(name, name))
            for name, count in by.items()
        )
        return f"{field.replace('_', ' ')}: {sides}"

    def _writing(self, systems: list[str]) -> str:
        return self._("Writing is switched on for {systems} …", systems=", ".join(self.titles[name] for name in systems))

    def _head(self, report: Report) -> str:
        sentence = (
            "Concord practice run   seed {seed} · {seconds:.0f} s"
            if report["quiet"]
            else "Not quiet yet after {seconds:.0f} s (seed {seed})"
        )
        return self._(sentence, seed=self.seed, seconds=report["seconds"])

    def _table(self, report: Report) -> Table:
        _ = self._
        table = Table("", box=None, pad_edge=False, header_style="dim")
        for title in (_("read"), _("linked"), _("sent"), _("not accepted"), _("waiting")):
            table.add_column(title, justify="right")
        for name, counts in report["connections"].items():
            numbers = (counts[key] for key in ("read", "linked", "sent", "refused", "waiting"))
            table.add_row(self.titles[name], *(str(number) if number else NONE for number in numbers))
        return table

    def _sums(self, report: Report) -> str:
        decided = sum(sum(by.values()) for by in report["disagreements"].values())
        again = report["second_round_writes"]
        return self._(
            "{decided} differences decided by rule · {conflicts} decisions · {duplicates} possible duplicates · second round: {again} sent",
            decided=decided,
            conflicts=report["conflicts"],
            duplicates=len(report["duplicates"]),
            again=NONE if again is None else again,
        )
