"""What a demo says while it runs: JSON lines for programs, or a story that a person enjoys."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

NONE = "\N{EN DASH}"
WIDTH = 92
SHOWN = ("account", "contact", "subscription")
"""Whose records the table counts; all of them stand in the JSON report."""
Say = Callable[..., str]
Report = Mapping[str, Any]


class Voice(Protocol):
    @property
    def for_people(self) -> bool: ...

    def say(self, event: str, **data: Any) -> None: ...

    def report(self, report: Report, page: str | None) -> None:
        """The last word. `page`: where to look while the demo goes on; None if it ends now."""


class Lines:
    """One JSON object a line on standard output, and nothing else there."""

    for_people: ClassVar[bool] = False

    def say(self, event: str, **data: Any) -> None:
        sys.stdout.write(json.dumps({"event": event, **data}, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def report(self, report: Report, page: str | None) -> None:
        del page
        self.say(**report)


class Quietly:
    """Says nothing: somebody else does."""

    for_people: ClassVar[bool] = False

    def say(self, event: str, **data: Any) -> None: ...

    def report(self, report: Report, page: str | None) -> None: ...


class Story:
    """For people. `_` words a sentence in their language; `whose`: the customers; `titles`: systems as their vendors write themselves."""

    for_people: ClassVar[bool] = True

    def __init__(self, _: Say, seed: int, whose: str, titles: Mapping[str, str]) -> None:
        self._, self.seed, self.whose, self.titles = _, seed, whose, titles
        self.console = Console(highlight=False, soft_wrap=True)

    def say(self, event: str, **data: Any) -> None:
        words = getattr(self, f"_{event}", None)
        if words is not None:
            self.console.print(Text(words(**data)))

    def report(self, report: Report, page: str | None) -> None:
        show = self.console.print
        show()
        show(Text(self._head(report), "bold"))
        show(self._table(report))
        show(Text(self._sums(report)))
        if report["arr"]:
            show(Text(self._arr(report)))
        if page is not None:
            show(Text(self._("Open {page}   Ctrl-C ends the practice run.", page=page)))

    def _practice_system(self, name: str, url: str) -> str:
        return self._("Practice {name} answers at {url}", name=self.titles[name], url=url)

    def _listening(self, systems: list[str]) -> str:
        del systems
        return self._("Listening. Nothing is written until everything was read once …")

    def _listened(self, written: int, values: int, arr_rows: Mapping[str, int], **_others: Any) -> str:
        head = (
            self._("Listening. Nothing has been written.") if written == 0 else self._("{count} updates sent.", count=written)
        )
        return (
            head + " " + self._(
                "Your systems disagree in {values} values; the CRM's ARR is wrong for {wrong} of {rows} rows.",
                values=values,
                wrong=arr_rows["rows"] - arr_rows["matching"],
                rows=arr_rows["rows"],
            )
        )  # fmt: skip

    def _enter(self) -> str:
        return self._("Press Enter to let Concord write.")

    def _writing(self, systems: list[str]) -> str:
        return self._("Writing is switched on for {systems} …", systems=", ".join(self.titles[name] for name in systems))

    def _head(self, report: Report) -> str:
        _ = self._
        left = _("Concord practice run · {whose}", whose=self.whose)
        if not report["quiet"]:
            left = _("Not quiet yet after {seconds:.0f} s · {whose}", seconds=report["seconds"], whose=self.whose)
        right = _("seed {seed} · {seconds:.0f} s", seed=self.seed, seconds=report["seconds"])
        return left + " " * max(3, WIDTH - len(left) - len(right)) + right

    def _table(self, report: Report) -> Table:
        _ = self._
        table = Table("", box=None, pad_edge=False, header_style="dim")
        table.add_column(_("read"), min_width=12)
        for title in (_("linked"), _("sent"), _("not accepted"), _("waiting")):
            table.add_column(title, justify="right", min_width=10)
        for name in (name for name in self.titles if name in report["connections"]):
            counts = report["connections"][name]
            shown = list(_shown(report["objects"].get(name, {})))
            read = " + ".join(f"{each['read']:>3}" for each in shown)
            done = sum(each["linked"] for each in shown), counts["sent"]
            left = (counts[key] or NONE for key in ("refused", "waiting"))
            table.add_row(self.titles[name], read, *map(str, (*done, *left)))
        return table

    def _sums(self, report: Report) -> str:
        _, again = self._, report["second_round_writes"]
        conflicts, duplicates = report["conflicts"], len(report["duplicates"])
        return " · ".join(
            [
                _("{count} differences decided by rule", count=report["differences_decided"]),
                _("{count} blanks filled", count=report["blanks_filled"]),
                _("1 decision") if conflicts == 1 else _("{count} decisions", count=conflicts),
                _("1 possible duplicate") if duplicates == 1 else _("{count} possible duplicates", count=duplicates),
                _("second round: {again} sent", again=NONE if again is None else again),
            ]
        )

    def _arr(self, report: Report) -> str:
        _, rows = self._, report["arr_rows"]
        sums = "   ".join(f"{currency} {Decimal(report['arr'][currency]):,}" for currency in _by_rank(report["arr"]))
        said = _("CRM matches in {matching} of {rows} rows", **{key: rows[key] for key in ("matching", "rows")})
        if rows["unknown"] == 1:
            said += ", " + _("one is billed but unknown there")
        elif rows["unknown"]:
            said += ", " + _("{count} are billed but unknown there", count=rows["unknown"])
        return _("ARR") + f"   {sums}     {said}"


def _shown(objects: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for entity in SHOWN:
        yield from (each for each in objects.values() if each["entity"] == entity)


def _by_rank(arr: Mapping[str, str]) -> list[str]:
    """Dollars first, then euro, then the others by name."""
    first = ("USD", "EUR")
    return [*(code for code in first if code in arr), *sorted(arr.keys() - first)]
