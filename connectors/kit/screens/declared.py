"""What a vendor says of its screen: which records people see, which fields of them, and how each is edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from connectors.kit.screens import paths
from connectors.kit.screens.looks import FLAG, NUMBER, RAW, TEXT, Look

if TYPE_CHECKING:
    from connectors.kit.twin import Twin

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`at`: its path in the row. `listed`: a column of the list. `counts`: stands in the small window beside other systems.

    `of(twin, row)` reads what no path tells; then `put(twin, row, value)` gives the changes of an edit, or nobody edits it.
    """

    label: str
    at: str = ""
    look: Look = TEXT
    listed: bool = False
    counts: bool = False
    hint: str = ""
    of: Callable[[Any, Row], Any] | None = None
    put: Callable[[Any, Row, Any], Row] | None = None

    @property
    def name(self) -> str:
        """In forms."""
        return self.at or self.label

    @property
    def editable(self) -> bool:
        return self.look.read is not None and (self.of is None or self.put is not None)

    def value(self, twin: Twin, row: Row) -> Any:
        return paths.read(row, self.at) if self.of is None else self.of(twin, row)

    def show(self, twin: Twin, row: Row) -> str:
        return self.look.show(self.value(twin, row), row)

    def typed(self, twin: Twin, row: Row) -> str:
        return self.look.typed(self.value(twin, row))


@dataclass(frozen=True, slots=True)
class Related:
    """Records of another kind whose value at `via` is this record's id (or holds it). `counts`: shown in the small window too."""

    title: str
    object: str
    via: str
    counts: bool = False

    def rows(self, twin: Twin, id: str) -> list[Row]:
        return [row for row in twin.table(self.object).values() if _points(paths.read(row, self.via), id)]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. `headline`: path of its name. `gone`: whether a row was deleted and is still kept.

    `fresh(twin)`: what a new record holds before anybody fills it in. `edits` False: the vendor alone writes these.
    """

    object: str
    title: str
    one: str
    headline: str
    fields: tuple[Field, ...]
    related: tuple[Related, ...] = ()
    gone: Callable[[Row], bool] = lambda _: False
    fresh: Callable[[Any], Row] | None = None
    edits: bool = True

    @property
    def columns(self) -> list[Field]:
        return [field for field in self.fields if field.listed]

    def short(self, twin: Twin, row: Row) -> str:
        """One line for the small window: what counts of its columns; a choice says of what."""
        told = [(field, field.show(twin, row)) for field in self.columns if field.counts]
        return " · ".join(f"{field.label}: {text}" if field.look.options else text for field, text in told if text)

    def name(self, row: Row) -> str:
        return str(paths.read(row, self.headline) or row.get("id", ""))

    def found(self, twin: Twin, query: str) -> list[Row]:
        """Rows with `query` in their id or in any field as it is shown, in any case of letters."""
        sought = query.casefold().strip()
        rows = list(twin.table(self.object).values())
        return [row for row in rows if not sought or any(sought in text.casefold() for text in self._texts(twin, row))]

    def _texts(self, twin: Twin, row: Row) -> Iterable[str]:
        yield str(row.get("id", ""))
        yield from (field.show(twin, row) for field in self.fields)


@dataclass(frozen=True, slots=True)
class Screen:
    """`accent`: a hint of the vendor's colour, for a line and nothing else. `merges`: top-level keys of which an edit tells
    only what changes. `drops`: those where a blank takes the key away. `actors(twin)`: who may sit before the screen."""

    title: str
    accent: str
    kinds: tuple[Kind, ...]
    merges: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    actors: Callable[[Any], list[str]] = field(default=lambda _: ["person"])

    def kind(self, object: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.object == object), None)

    def changes(self, twin: Twin, row: Row, typed: Iterable[tuple[Field, str]]) -> Row:
        """What an edit sends. Raises ValueError, for people."""
        out: Row = {}
        for each, text in typed:
            assert each.look.read is not None  # `typed` holds what is editable
            value = each.look.read(text.strip())
            if each.put is not None:
                for key, more in each.put(twin, row, value).items():
                    out[key] = {**out[key], **more} if isinstance(out.get(key), dict) else more
            else:
                top = each.at.partition(".")[0]
                paths.put(row, each.at, value, out, merged=top in self.merges, drop=top in self.drops)
        return out


def plain(twin: Twin) -> Screen:
    """For a twin that says nothing of its screen: every table, with the fields that its first rows have."""
    return Screen(twin.name.capitalize(), "#6b7280", tuple(_plain_kind(twin, object) for object in sorted(twin.tables)))


def _plain_kind(twin: Twin, object: str) -> Kind:
    keys: dict[str, Look] = {}
    for row in list(twin.table(object).values())[:20]:
        for key, value in row.items():
            keys[key] = RAW if key == "id" else keys.get(key) or _look(value)
    fields = [Field(key.replace("_", " ").capitalize(), key, look, counts=True) for key, look in keys.items()]
    fields = [replace(each, listed=number < 6) for number, each in enumerate(fields)]
    title = object.replace("_", " ").capitalize()
    return Kind(object, title, title.removesuffix("s"), "name" if "name" in keys else "id", tuple(fields))


def _look(value: Any) -> Look:
    if isinstance(value, dict | list):
        return RAW
    return FLAG if isinstance(value, bool) else NUMBER if isinstance(value, int | float) else TEXT


def _points(value: Any, id: str) -> bool:
    if isinstance(value, dict):
        return id in value or str(value.get("id", "")) == id
    if isinstance(value, list):
        return any(_points(each, id) for each in value)
    return value is not None and str(value) == id
