"""A vendor's JSON, read strictly: exact numbers, no doubled keys, bounded size and depth."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from mappings.values import Refused

SIZE_LIMIT = 10 * 1024 * 1024
DEPTH_LIMIT = 64


class BadJson(Refused):
    """A body that is not acceptable JSON. Codes: too_big, not_utf8, byte_order_mark, syntax, not_finite, duplicate_key,
    too_deep, not_an_object, too_many_digits.
    """


def _decimal(text: str) -> Decimal:
    return Decimal(text)


_fast = msgspec.json.Decoder(float_hook=_decimal)
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')


def load_json(body: bytes, limit: int = SIZE_LIMIT) -> dict[str, Any]:
    """One object. Numbers with a fraction or an exponent become Decimal. Raises BadJson."""
    if len(body) > limit:
        raise BadJson("too_big", bytes=len(body), limit=limit)
    try:
        found = _fast.decode(body)
        keys = _count_keys(found, 1)
    except RecursionError:
        raise BadJson("too_deep", limit=DEPTH_LIMIT) from None
    except (ValueError, InvalidOperation):
        return _slow(body)
    # Each key is followed by `":`, and nothing else is, unless a text holds it or blanks stand before the colon. If the
    # numbers agree no key was doubled; if not, the slower parser looks.
    if body.count(b'":') != keys or _SPACED_COLON.search(body):
        return _slow(body)
    return _object(found)


def _count_keys(value: Any, depth: int) -> int:
    kind = value.__class__
    if kind is dict:
        count, children = len(value), value.values()
    elif kind is list:
        count, children = 0, value
    else:
        return 0
    if depth > DEPTH_LIMIT:
        raise BadJson("too_deep", limit=DEPTH_LIMIT)
    for child in children:
        if child.__class__ is dict or child.__class__ is list:
            count += _count_keys(child, depth + 1)
    return count


def _object(value: Any) -> dict[str, Any]:
    if value.__class__ is not dict:
        raise BadJson("not_an_object", found=type(value).__name__)
    return value


def _slow(body: bytes) -> dict[str, Any]:
    """The standard parser: it sees doubled keys, and knows better what is wrong."""
    if body.startswith(b"\xef\xbb\xbf"):
        raise BadJson("byte_order_mark")
    try:
        found = json.loads(body.decode(), parse_float=_decimal, parse_constant=_constant, object_pairs_hook=_pairs)
        _count_keys(found, 1)
    except UnicodeDecodeError as error:
        raise BadJson("not_utf8", at=error.start) from None
    except json.JSONDecodeError as error:
        raise BadJson("syntax", problem=error.msg, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise BadJson("too_deep", limit=DEPTH_LIMIT) from None
    except BadJson:
        raise
    except (ValueError, InvalidOperation):
        raise BadJson("too_many_digits") from None  # Python refuses to read integers above 4,300 digits
    return _object(found)


def _constant(word: str) -> NoReturn:
    raise BadJson("not_finite", value=word)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        doubled = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add: None
        raise BadJson("duplicate_key", key=doubled[:100])
    return found
