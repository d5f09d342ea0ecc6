"""Types whose values are one plain thing: text, numbers, times, and the texts with a form of their own."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mappings.currency import plain
from mappings.values import Refused

TEXT_LIMIT = 65_536  # bytes of UTF-8
INT_LIMIT = 2**63
_DIGIT_LIMIT = 60


class Type:
    """How values of one kind are checked, compared and stored.

    `check` gives the canonical value or raises Refused; it never sees a blank. `normal` is equal iff two values mean the
    same, and None for every blank. `load(dump(v)) == v`; where `native`, both are the identity.
    """

    name: ClassVar[str]
    family: ClassVar[bool] = False
    native: ClassVar[bool] = False
    parts: Mapping[str, Type] = {}

    def check(self, value: Any) -> Any:
        raise NotImplementedError

    def normal(self, value: Any) -> Hashable:
        return None if value is None or (value.__class__ is str and not value) else value

    def dump(self, value: Any) -> Any:
        return value

    def load(self, json: Any) -> Any:
        return json

    def __repr__(self) -> str:
        return f"<{self.name}>"


def wrong(expected: str, value: object) -> Refused:
    return Refused("wrong_type", expected=expected, found=type(value).__name__)


def clean(value: Any) -> str | None:
    """Text in NFC without blanks at its ends; None if nothing is left."""
    if value.__class__ is not str:
        raise wrong("text", value)
    if "\0" in value:
        raise Refused("nul_in_text")
    if value.isascii():
        if len(value) > TEXT_LIMIT:
            raise Refused("too_long", bytes=len(value), limit=TEXT_LIMIT)
        return value.strip() or None
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Refused("lone_surrogate") from None
    if size > TEXT_LIMIT:
        raise Refused("too_long", bytes=size, limit=TEXT_LIMIT)
    return unicodedata.normalize("NFC", value).strip() or None


def lower(text: str) -> str:
    """Lower case, letter by letter, and only where upper case gives the letter back.

    So the Kelvin sign does not become k, the dotted capital I not i, and the capital sharp s not the small one: two
    different people never get one e-mail address.
    """
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := c.lower()) == 1 and low.upper() == c else c for c in text)


def _exact(value: Any) -> str | None:
    """Checked and stripped as text is, but without NFC: that would turn the Kelvin sign into K."""
    return value.strip() if clean(value) is not None else None


class Text(Type):
    name = "text"
    native = True

    def check(self, value: Any) -> str | None:
        return clean(value)

    def normal(self, value: Any) -> Hashable:
        if value is None or value.isascii():
            return (value and value.strip()) or None
        return unicodedata.normalize("NFC", value).strip() or None


class Enum(Type):
    """One of a list of words. With `aliases` people type it: their other words count, and case does not."""

    name = "enum"
    native = True

    def __init__(self, values: Mapping[str, str], aliases: Mapping[str, str] | None = None) -> None:
        self.values = dict(values)
        self.aliases: dict[str, str] = {}
        if aliases is not None:
            self.aliases = {word.casefold(): value for word, value in ({word: word for word in values} | dict(aliases)).items()}

    def check(self, value: Any) -> str | None:
        if value.__class__ is str and value in self.values:
            return value
        word = clean(value)
        if word is None or word in self.values:
            return word
        if (known := self.aliases.get(word.casefold())) is not None:
            return known
        raise Refused("unknown_value", value=word[:200])


def nearest(word: str, words: Any) -> str | None:
    """The known word that looks most like this one."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return found[0] if found else None


class Int(Type):
    name = "int"
    native = True

    def check(self, value: Any) -> int:
        if value.__class__ is Decimal and value.is_finite() and abs(value) < INT_LIMIT and value == int(value):
            value = int(value)
        if value.__class__ is not int:
            raise wrong("int", value)
        if not -INT_LIMIT <= value < INT_LIMIT:
            raise Refused("out_of_range")
        return value


class DecimalType(Type):
    name = "decimal"

    def check(self, value: Any) -> Decimal:
        return amount(value)

    def dump(self, value: Any) -> Any:
        return None if value is None else plain(value)

    def load(self, json: Any) -> Any:
        return None if json is None else Decimal(json)


def amount(value: Any) -> Decimal:
    """An exact finite number. Floats are refused: they have already lost digits."""
    if value.__class__ is int:
        value = Decimal(value)
    if value.__class__ is not Decimal:
        raise wrong("decimal", value)
    if not value.is_finite():
        raise Refused("not_finite")
    exponent = value.as_tuple().exponent
    if abs(int(exponent)) > _DIGIT_LIMIT or len(value.as_tuple().digits) > _DIGIT_LIMIT:
        raise Refused("out_of_range")
    return value


def decimal_of(text: str) -> Decimal:
    """A decimal written as text; no underscores, no words, no blanks inside."""
    if text.isascii() and "_" not in text and len(text) <= 2 * _DIGIT_LIMIT:
        try:
            return amount(Decimal(text))
        except InvalidOperation:
            pass
    raise Refused("not_a_number", value=text[:60])


class Bool(Type):
    name = "bool"
    native = True

    def check(self, value: Any) -> bool:
        if value.__class__ is not bool:
            raise wrong("bool", value)
        return value


class Date(Type):
    name = "date"

    def check(self, value: Any) -> date:
        if value.__class__ is not date:
            raise wrong("date", value)
        return value

    def dump(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def load(self, json: Any) -> Any:
        return None if json is None else date.fromisoformat(json)


class DateTime(Type):
    name = "datetime"

    def check(self, value: Any) -> datetime:
        if not isinstance(value, datetime):
            raise wrong("datetime", value)
        if value.tzinfo is None:
            raise Refused("no_time_zone")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise Refused("out_of_range") from None

    def dump(self, value: Any) -> Any:
        return None if value is None else value.isoformat().replace("+00:00", "Z")

    def load(self, json: Any) -> Any:
        return None if json is None else datetime.fromisoformat(json)


_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?")
_CLEAN_HOST = re.compile(r"(?!www\.)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,2}[a-z]{2,63}")
_CLEAN_EMAIL = re.compile(rf"[a-z0-9.+_-]{{1,64}}@{_CLEAN_HOST.pattern}")
"""What most vendors send is canonical already."""


class Domain(Type):
    """A bare host name in lower case. Scheme, path and a leading `www.` are taken off."""

    name = "domain"
    native = True

    def check(self, value: Any) -> str | None:
        if value.__class__ is str and _CLEAN_HOST.fullmatch(value):
            return value
        text = _exact(value)
        if text is None:
            return None
        host = text.split("://", 1)[-1].split("/", 1)[0]
        host = lower(host).rstrip(".").removeprefix("www.")
        if len(host) > 253 or not _HOST.fullmatch(host):
            raise Refused("not_a_domain", value=text[:200])
        return host

    def normal(self, value: Any) -> Hashable:
        return lower(value.strip()).rstrip(".").removeprefix("www.") or None if value is not None else None


class Email(Type):
    """An address in lower case; see `lower` for what keeps two people apart."""

    name = "email"
    native = True

    def check(self, value: Any) -> str | None:
        if value.__class__ is str and _CLEAN_EMAIL.fullmatch(value):
            return value
        text = _exact(value)
        if text is None:
            return None
        local, at, host = lower(text).rpartition("@")
        if not at or not host:
            raise Refused("email_without_domain", value=text[:200])
        if not local or len(local) > 64 or len(host) > 253 or not _HOST.fullmatch(host) or any(c.isspace() for c in local):
            raise Refused("not_an_email", value=text[:200])
        return f"{local}@{host}"

    def normal(self, value: Any) -> Hashable:
        return lower(value.strip()) or None if value is not None else None


_PHONE = re.compile(r"([+\d\s().\-/\u2010-\u2015\u00b7]+?)(?:\s*(?:,|;|x|ext\.?|extension)\s*(\d{1,8}))?", re.IGNORECASE)


class Phone(Type):
    """Kept as it is written; two writings are the same number if their digits are."""

    name = "phone"
    native = True

    def check(self, value: Any) -> str | None:
        text = clean(value)
        if text is None:
            return None
        found = _PHONE.fullmatch(text)
        if found is None or not 3 <= sum(c.isdecimal() for c in found[1]) <= 20:
            raise Refused("not_a_phone", value=text[:60])
        return text

    def normal(self, value: Any) -> Hashable:
        if value.__class__ is str and value[:1] == "+" and value.isascii() and value[1:].isdigit():
            return value  # as most vendors give it
        text = clean(value) if value is not None else None
        if text is None:
            return None
        found = _PHONE.fullmatch(text)
        number, extension = (found[1], found[2]) if found else (text, None)
        digits = "".join(str(int(c)) for c in number if c.isdecimal())
        if "+" in number:
            digits = "+" + digits
        elif digits.startswith("00"):
            digits = "+" + digits[2:]
        return f"{digits}x{extension}" if extension else digits


class Url(Type):
    name = "url"
    native = True

    def check(self, value: Any) -> str | None:
        text = clean(value)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in text):
            raise Refused("not_a_url", value=text[:200])
        return text

    def normal(self, value: Any) -> Hashable:
        text = clean(value) if value is not None else None
        if text is None:
            return None
        parts = urlsplit(text)
        return parts._replace(netloc=lower(parts.netloc), path="" if parts.path == "/" else parts.path).geturl()
