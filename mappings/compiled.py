"""Decoding, compiled: a mapping becomes one Python function that walks each object of the record once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mappings.checks import check_order
from mappings.fieldmap import FieldMap, Place
from mappings.scalars import INT_LIMIT, Bool, Enum, Int, Text
from mappings.values import ABSENT, Refused


class Refusal(NamedTuple):
    """A value that was not accepted: its field, why (code and data), and the vendor's own value."""

    field: str
    code: str
    data: dict[str, Any]
    raw: Any


Decode = Callable[[dict[str, Any], dict[str, Any], list[Refusal]], None]


class _Hollow:
    """Stands for an object that is not there: every key of it reads as `content`."""

    def __init__(self, content: object) -> None:
        self.content = content

    def get(self, *_: object) -> object:
        return self.content


class _NotAnObject:
    """What is read inside something that is no object; no type accepts it."""


_MISSING, _NULL, _WRONG = _Hollow(ABSENT), _Hollow(None), _Hollow(_NotAnObject())


def _object(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    return _MISSING if value is ABSENT else _NULL if value is None else _WRONG


def compile_decode(fields: Iterable[FieldMap], orders: Iterable[tuple[str, str]]) -> Decode:
    """`decode(raw, values, refused)` fills the two."""
    writer = _Writer()
    for number, field in enumerate(fields):
        writer.field(number, field)
    for name, other in orders:
        writer.line(f"if {name!r} in values and {other!r} in values:")
        writer.line(f"    order({name!r}, {other!r}, values, refused)")
    return writer.finish()


class _Writer:
    """Writes the source. Names of fields and paths enter it only as literals (`repr`), everything else as globals."""

    def __init__(self) -> None:
        self.lines = ["def decode(raw, values, refused):"]
        self.objects: dict[tuple[str, ...], str] = {(): "raw"}
        self.globals: dict[str, Any] = {
            "ABSENT": ABSENT,
            "Refused": Refused,
            "object_": _object,
            "refuse": _refuse,
            "order": _order,
            "sifted": _sifted,
        }

    def line(self, text: str) -> None:
        self.lines.append("    " + text)

    def field(self, number: int, field: FieldMap) -> None:
        name, reader = repr(field.field.name), f"get{number}"
        if field.places[0].part is not None:
            self._collect(field.places)
        else:
            self.line(f"v = {self._read(field.places[0])}")
        self.line("if v is not ABSENT:")
        blank = "frozenset()" if field.field.type.name == "set" else "{}" if field.field.type.family else "None"
        if not field.places[0].reads_object:
            self.line(f"    if v is None or v == '': values[{name}] = {blank}")
            self._shortcut(number, field)
            self.line("    else:")
        else:
            self.line("    if True:")
        self.line("        try:")
        if field.sift is not None:
            self.globals[reader] = field.sift
            self.line(f"            v = sifted({name}, {reader}(v), refused)")
            self.line(f"            if v is not ABSENT: values[{name}] = v")
        else:
            self.globals[reader] = field.get
            self.line(f"            v = {reader}(v)")
            self.line(f"            if v is not ABSENT: values[{name}] = v")
        self.line(f"        except Refused as error: refuse({name}, error, v, refused)")

    def _shortcut(self, number: int, field: FieldMap) -> None:
        """What most values are: already as they should be. Everything else goes through the field's lens."""
        type, place, name = field.field.type, field.places[0], repr(field.field.name)
        if place.stages or place.part is not None or field.sift is not None:
            return
        if isinstance(type, Text):
            self.line("    elif v.__class__ is str and v.isascii() and v.isprintable() and len(v) < 1000:")
            self.line(f"        values[{name}] = v.strip() or None")
        elif isinstance(type, Enum):
            self.globals[f"words{number}"] = frozenset(type.values)
            self.line(f"    elif v.__class__ is str and v in words{number}: values[{name}] = v")
        elif isinstance(type, Int) and all(check.than.__class__ is int for check in field.field.checks):
            low = max((check.than for check in field.field.checks if check.kind == "min"), default=-INT_LIMIT)
            high = min((check.than for check in field.field.checks if check.kind == "max"), default=INT_LIMIT - 1)
            self.line(f"    elif v.__class__ is int and {low} <= v <= {high}: values[{name}] = v")
        elif isinstance(type, Bool):
            self.line(f"    elif v is True or v is False: values[{name}] = v")

    def _collect(self, places: tuple[Place, ...]) -> None:
        self.line("parts = {}")
        for place in places:
            self.line(f"v = {self._read(place)}")
            self.line(f"if v is not ABSENT: parts[{place.part!r}] = v")
        self.line("v = parts or ABSENT")

    def _read(self, place: Place) -> str:
        if not place.path:
            return "raw"
        return f"{self._object(place.path[:-1])}.get({place.path[-1]!r}, ABSENT)"

    def _object(self, path: tuple[str, ...]) -> str:
        if path not in self.objects:
            name = f"o{len(self.objects)}"
            self.line(f"{name} = object_({self._object(path[:-1])}.get({path[-1]!r}, ABSENT))")
            self.objects[path] = name
        return self.objects[path]

    def finish(self) -> Decode:
        source = "\n".join([*self.lines, "    return"])
        exec(compile(source, "<mapping>", "exec"), self.globals)  # noqa: S102  # our own text; outside words are in it as literals only
        decode: Decode = self.globals["decode"]
        return decode


def _refuse(field: str, error: Refused, raw: Any, refused: list[Refusal]) -> None:
    if isinstance(raw, _NotAnObject):
        error, raw = Refused("not_an_object"), None
    refused.append(Refusal(field, error.code, error.data, raw))


def _sifted(field: str, sifted: tuple[Any, list[tuple[Any, Refused]]], refused: list[Refusal]) -> Any:
    value, bad = sifted
    for raw, error in bad:
        refused.append(Refusal(field, error.code, error.data, raw))
    return value


def _order(field: str, other: str, values: dict[str, Any], refused: list[Refusal]) -> None:
    if (error := check_order(field, other, values)) is not None:
        refused.append(Refusal(field, error.code, error.data, error.data["value"]))
        del values[field]
