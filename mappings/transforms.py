"""The closed list of transforms. Each is a lens with examples, which are its documentation and its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mappings.currency import amount_text, currency_code, iso_digits, plain
from mappings.keys import KEY_OF
from mappings.lens import Lens, scalar
from mappings.scalars import Domain, Email, Type, amount, clean, decimal_of, lower, wrong
from mappings.values import ABSENT, BY_KEY, Money, Refused, RefValue, is_blank


@dataclass(frozen=True, slots=True)
class Transform:
    """A named lens. `make` takes the argument of the mapping file (None, text, or a dict of texts) and raises Refused for a
    bad one. `gives`: the types it can feed (empty: any). `examples`: (argument, external, canonical).
    """

    name: str
    make: Callable[[Any], Lens]
    examples: tuple[tuple[Any, Any, Any], ...]
    gives: frozenset[str] = frozenset()


def _plain(lens: Lens) -> Callable[[Any], Lens]:
    def make(argument: Any) -> Lens:
        if argument is not None:
            raise Refused("takes_no_argument")
        return lens

    return make


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise wrong("text", value)
    return value.strip()


def _lower_lens() -> Lens:
    def get(external: Any) -> str | None:
        text = clean(external)
        return None if text is None else lower(text)

    return scalar(get, lambda value, _: value, lambda left, right: left == get(right))


def _enum(table: Any) -> Lens:
    """Vendor's word to ours. Of several words with one meaning the first is written; the vendor's own spelling is kept."""
    if not isinstance(table, dict) or not table:
        raise Refused("takes_a_table")
    back = {ours: theirs for theirs, ours in reversed(table.items())}

    def get(external: Any) -> Any:
        word = _text(external)
        if word not in table:
            raise Refused("unknown_value", value=word[:200])
        return table[word]

    def change(value: Any, _: Any) -> Any:
        if value not in back:
            raise Refused("no_word_for", value=value)
        return back[value]

    return scalar(get, change)


def _int_get(external: Any) -> int:
    if external.__class__ is int:
        return external
    number = decimal_of(_text(external)) if external.__class__ is not Decimal else amount(external)
    if number != int(number):
        raise Refused("not_a_whole_number", value=str(external)[:60])
    return int(number)


def _decimal_get(external: Any) -> Decimal:
    return amount(external) if external.__class__ in (int, Decimal) else decimal_of(_text(external))


_BOOLS = {"true": True, "false": False}


def _bool_get(external: Any) -> bool:
    if external.__class__ is bool:
        return external
    word = _text(external).lower()
    if word not in _BOOLS:
        raise Refused("not_true_or_false", value=word[:60])
    return _BOOLS[word]


def _bool_change(value: bool, external: Any) -> Any:
    return value if external.__class__ is bool else str(value).lower()


def _not_get(external: Any) -> bool:
    if external.__class__ is not bool:
        raise wrong("bool", external)
    return not external


def _date_get(external: Any) -> date:
    text = _text(external)
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("not_a_date", value=text[:60])


def _datetime_get(external: Any) -> datetime:
    text = _text(external)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("not_a_time", value=text[:60]) from None
    if instant.tzinfo is None:
        raise Refused("no_time_zone", value=text[:60])
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise Refused("out_of_range", value=text[:60]) from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _epoch(per_second: int) -> Lens:
    def get(external: Any) -> datetime:
        ticks = _int_get(external)
        try:
            return _EPOCH + timedelta(microseconds=ticks * (1_000_000 // per_second))
        except OverflowError:
            raise Refused("out_of_range", value=ticks) from None

    def change(value: datetime, external: Any) -> Any:
        ticks, rest = divmod(value - _EPOCH, timedelta(microseconds=1_000_000 // per_second))
        if rest:
            raise Refused("too_fine", value=value.isoformat())
        return str(ticks) if external.__class__ is str else ticks

    return scalar(get, change)


def _two_keys(argument: Any, first: str, second: str) -> tuple[str, str]:
    if not isinstance(argument, dict) or set(argument) != {first, second}:
        raise Refused("takes_keys", keys=[first, second])
    return argument[first], argument[second]


def money_lens(argument: Any, read: Callable[[Any, str], Decimal], write: Callable[[Money], Any]) -> Lens:
    """Money in two keys of one object: `{amount: KEY, currency: KEY}`."""
    amount_key, currency_key = _two_keys(argument, "amount", "currency")

    def get(external: Any) -> Any:
        if not isinstance(external, dict):
            raise wrong("object", external)
        found = external.get(amount_key, ABSENT)
        if found is ABSENT or is_blank(found):
            return ABSENT if found is ABSENT else None
        if is_blank(currency := external.get(currency_key)):
            raise Refused("missing_currency")
        code = currency_code(currency)
        return Money(read(found, code), code)

    def change(value: Any, external: Any) -> Any:
        if value is None:
            return {**(external or {}), amount_key: None}
        return {**(external or {}), amount_key: write(value), currency_key: value.currency}

    return Lens(get, change, keys=(amount_key, currency_key))


def minor_units(digits: Callable[[str], int]) -> tuple[Callable[[Any, str], Decimal], Callable[[Money], int]]:
    """Reading and writing of whole minor units, under a table of how many decimals a currency has."""

    def read(found: Any, currency: str) -> Decimal:
        return Decimal(_int_get(found)).scaleb(-digits(currency))

    def write(value: Money) -> int:
        minor = value.amount.scaleb(digits(value.currency))
        if minor != int(minor):
            raise Refused("too_fine", value=plain(value.amount))
        return int(minor)

    return read, write


def _money(argument: Any) -> Lens:
    return money_lens(argument, lambda found, _: _decimal_get(found), lambda value: amount_text(*value))


def _cents(argument: Any) -> Lens:
    return money_lens(argument, *minor_units(iso_digits))


def _list_of(external: Any) -> list[Any]:
    if external is None:
        return []
    if not isinstance(external, list):
        raise wrong("list", external)
    return external


def _primary(argument: Any) -> Lens:
    """The value of the item that bears the flag. No falling back to the first: that item means something else."""
    value_key, flag = _two_keys(argument, "value", "flag")

    def flagged(item: Any) -> bool:
        return isinstance(item, dict) and item.get(flag) is True

    def pick(items: list[Any]) -> Any:
        return next(filter(flagged, items), None)

    def get(external: Any) -> Any:
        found = pick(_list_of(external))
        return None if found is None or is_blank(found.get(value_key)) else found[value_key]

    def change(value: Any, external: Any) -> Any:
        items = _list_of(external)
        found = pick(items)
        if value is None:
            return [item for item in items if not flagged(item)]  # a second one would take the first one's place
        if found is None:
            return [*items, {value_key: value, flag: True}]
        return [{**item, value_key: value} if item is found else item for item in items]

    return Lens(get, change)


def _first() -> Lens:
    def get(external: Any) -> Any:
        items = _list_of(external)
        return items[0] if items else None

    def change(value: Any, external: Any) -> Any:
        rest = [item for item in _list_of(external)[1:] if item != value]
        return [] if value is None else [value, *rest]

    return Lens(get, change)


def _split(separator: Any) -> Lens:
    if not isinstance(separator, str) or not separator.strip():
        raise Refused("takes_a_separator")

    def get(external: Any) -> list[str]:
        pieces = (piece.strip() for piece in ("" if external is None else _text(external)).split(separator))
        return [piece for piece in pieces if piece]

    def change(value: list[str], _: Any) -> Any:
        for piece in value:
            if separator in piece:
                raise Refused("holds_separator", value=piece, separator=separator)
        return separator.join(value)

    return Lens(get, change, many=True)


def _ref(object: Any) -> Lens:
    """A reference to the vendor's `object`: an id, or the referenced record itself where the vendor expands it."""
    if not isinstance(object, str) or not object:
        raise Refused("takes_an_object")

    def get(external: Any) -> RefValue:
        id = external.get("id") if isinstance(external, dict) else external
        if id.__class__ not in (str, int) or id == "":
            raise wrong("id", id)
        return RefValue(object, str(id))

    def change(value: Any, external: Any) -> Any:
        if not isinstance(value, RefValue) or value.object != object:
            raise Refused("wrong_object", expected=object)
        return int(value.id) if external.__class__ is int and value.id.isdecimal() else value.id

    return scalar(get, change)


def _ref_by(kind: Any) -> Lens:
    """A reference by exact key: to whichever record holds this e-mail address or domain."""
    if kind not in _KEYS:
        raise Refused("takes_one_of", words=sorted(_KEYS))
    type, key_of = _KEYS[kind], KEY_OF[kind]

    def get(external: Any) -> RefValue | None:
        key = key_of(type.check(external))
        return None if key is None else RefValue(BY_KEY, key)

    def change(value: Any, _: Any) -> Any:
        told, colon, key = value.id.partition(":") if isinstance(value, RefValue) and value.object == BY_KEY else ("", "", "")
        if told != kind or not colon:
            raise Refused("wrong_object", expected=f"{BY_KEY} {kind}")
        return key

    return replace(scalar(get, change), by_key=kind)


def _one() -> Lens:
    """One value as a set with one member."""

    def change(value: list[Any], _: Any) -> Any:
        if len(value) > 1:
            raise Refused("holds_one", members=len(value))
        return value[0] if value else None

    return Lens(lambda external: [] if is_blank(external) else [external], change, many=True)


def _number_text(external: Any) -> str:
    return plain(Decimal(external)) if external.__class__ in (int, Decimal) else _text(external)


_KEYS: dict[str, Type] = {"email": Email(), "domain": Domain()}
_DAY = date(2026, 1, 31)
_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

_REFS = frozenset({"ref"})

_ALL = (
    Transform(
        "lower",
        _plain(_lower_lens()),
        ((None, " Acme.Example", "acme.example"),),
        frozenset({"text", "email", "domain", "enum"}),
    ),
    Transform("text", _plain(scalar(_number_text, lambda value, _: value)), ((None, 42, "42"),)),
    Transform("enum", _enum, (({"HOT": "high", "WARM": "high", "COLD": "low"}, "WARM", "high"),), frozenset({"enum", "text"})),
    Transform("int", _plain(scalar(_int_get, lambda value, _: str(value))), ((None, "42", 42),), frozenset({"int"})),
    Transform(
        "decimal",
        _plain(scalar(_decimal_get, lambda value, _: plain(value))),
        ((None, "0.40", Decimal("0.4")), (None, 7, Decimal(7))),
        frozenset({"decimal"}),
    ),
    Transform(
        "bool", _plain(scalar(_bool_get, _bool_change)), ((None, "true", True), (None, False, False)), frozenset({"bool"})
    ),
    Transform("not", _plain(scalar(_not_get, lambda value, _: not value)), ((None, True, False),), frozenset({"bool"})),
    Transform(
        "date",
        _plain(scalar(_date_get, lambda value, _: value.isoformat())),
        ((None, "2026-01-31", _DAY),),
        frozenset({"date"}),
    ),
    Transform(
        "datetime",
        _plain(scalar(_datetime_get, lambda value, _: value.isoformat().replace("+00:00", "Z"))),
        ((None, "2026-01-31T13:00:00+01:00", _NOON),),
        frozenset({"datetime"}),
    ),
    Transform("epoch", _plain(_epoch(1)), ((None, 1769860800, _NOON),), frozenset({"datetime"})),
    Transform("epoch_ms", _plain(_epoch(1000)), ((None, "1769860800000", _NOON),), frozenset({"datetime"})),
    Transform(
        "money",
        _money,
        (({"amount": "amount", "currency": "cur"}, {"amount": "19.9", "cur": "EUR"}, Money(Decimal("19.9"), "EUR")),),
        frozenset({"money"}),
    ),
    Transform(
        "cents",
        _cents,
        (
            ({"amount": "total", "currency": "cur"}, {"total": 1999, "cur": "usd"}, Money(Decimal("19.99"), "USD")),
            ({"amount": "total", "currency": "cur"}, {"total": 500, "cur": "jpy"}, Money(Decimal(500), "JPY")),
        ),
        frozenset({"money"}),
    ),
    Transform("primary", _primary, (({"value": "v", "flag": "main"}, [{"v": "a"}, {"v": "b", "main": True}], "b"),)),
    Transform("first", _plain(_first()), ((None, ["7", "9"], "7"),)),
    Transform("split", _split, ((";", "vip; pilot", ["vip", "pilot"]),), frozenset({"set"})),
    Transform("ref", _ref, (("owners", "77", RefValue("owners", "77")),), _REFS),
    Transform("ref_by", _ref_by, (("email", "Ann@Acme.example", RefValue(BY_KEY, "email:ann@acme.example")),), _REFS),
    Transform("one", _plain(_one()), ((None, "a", ["a"]),), frozenset({"set"})),
)

TRANSFORMS: Mapping[str, Transform] = {transform.name: transform for transform in _ALL}
