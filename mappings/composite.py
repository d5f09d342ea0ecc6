"""Types made of several things: money, addresses, references, and the families (sets and maps)."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from mappings.currency import amount_text, currency_code
from mappings.scalars import Bool, DateTime, DecimalType, Enum, Text, Type, amount, clean, wrong
from mappings.values import Money, Refused, RefValue, is_blank


class MoneyType(Type):
    name = "money"
    parts: Mapping[str, Type] = {"amount": DecimalType(), "currency": Text()}

    def check(self, value: Any) -> Money | None:
        if isinstance(value, dict):
            if is_blank(value.get("amount")):
                return None
            if is_blank(value.get("currency")):
                raise Refused("missing_currency")
            value = Money(value["amount"], value["currency"])
        if not isinstance(value, Money):
            raise wrong("money", value)
        return Money(amount(value.amount), currency_code(value.currency))

    def dump(self, value: Any) -> Any:
        return None if value is None else {"amount": amount_text(value.amount, value.currency), "currency": value.currency}

    def load(self, json: Any) -> Any:
        return None if json is None else Money(Decimal(json["amount"]), json["currency"])


class MoneyByCurrency(Type):
    """Amounts that are never added across currencies. A zero is an amount, not a blank."""

    name = "money_by_currency"

    def check(self, value: Any) -> dict[str, Decimal]:
        if not isinstance(value, dict):
            raise wrong("money_by_currency", value)
        return {currency_code(code): amount(each) for code, each in value.items()}

    def normal(self, value: Any) -> Hashable:
        return tuple(sorted(value.items())) if value else None

    def dump(self, value: Any) -> Any:
        return None if value is None else {code: amount_text(value[code], code) for code in sorted(value)}

    def load(self, json: Any) -> Any:
        return None if json is None else {code: Decimal(text) for code, text in json.items()}


class _Parts(Type):
    """Named parts that travel together; blank parts are left out."""

    def check(self, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            raise wrong(self.name, value)
        found = {}
        for part, each in value.items():
            if part not in self.parts:
                raise Refused("unknown_part", part=str(part)[:60])
            if not is_blank(each) and (checked := self.parts[part].check(each)) is not None:
                found[part] = checked
        return found or None

    def normal(self, value: Any) -> Hashable:
        parts = self.parts
        pairs = [(part, parts[part].normal(value[part])) for part in sorted(value or ())]
        return tuple([pair for pair in pairs if pair[1] is not None]) or None

    def dump(self, value: Any) -> Any:
        return None if value is None else {part: self.parts[part].dump(value[part]) for part in sorted(value)}

    def load(self, json: Any) -> Any:
        return None if json is None else {part: self.parts[part].load(each) for part, each in json.items()}


class Address(_Parts):
    name = "address"
    parts: Mapping[str, Type] = dict.fromkeys(("line1", "line2", "city", "state", "postal_code", "country"), Text())


CONSENT_STATES = {"granted": "Granted", "denied": "Denied", "unknown": "Unknown"}


class Consent(_Parts):
    """What a person allowed in one channel for one topic: state, legal basis, when, and what proves it.

    The state is what it means; the other parts say why. An unknown state is a blank: silence is neither yes nor no.
    """

    name = "consent"
    parts: Mapping[str, Type] = {"state": Enum(CONSENT_STATES), "basis": Text(), "at": DateTime(), "evidence": Text()}

    def check(self, value: Any) -> dict[str, Any] | None:
        found = super().check(value)
        if found is not None and "state" not in found:
            raise Refused("consent_without_state")
        return found if self.normal(found) is not None else None

    def normal(self, value: Any) -> Hashable:
        state = (value or {}).get("state")
        return None if state == "unknown" else state


class Ref(Type):
    """A reference to a golden record of `entity`: the vendor's (RefValue) as decoded, a golden id once settled."""

    name = "ref"

    def __init__(self, entity: str) -> None:
        self.entity = entity

    def check(self, value: Any) -> RefValue | str | None:
        if isinstance(value, RefValue):
            id = clean(value.id)
            return None if id is None else RefValue(value.object, id)
        if value.__class__ is str:
            return clean(value)
        raise wrong("ref", value)

    def dump(self, value: Any) -> Any:
        return {"object": value.object, "id": value.id} if isinstance(value, RefValue) else value

    def load(self, json: Any) -> Any:
        return RefValue(json["object"], json["id"]) if isinstance(json, dict) else json


class Structure(Type):
    """JSON as it stands, for shapes that only one reader understands. No floats."""

    name = "structure"
    native = True

    def check(self, value: Any) -> Any:
        if not isinstance(value, (dict, list)):
            raise wrong("structure", value)
        _refuse_floats(value)
        return value

    def normal(self, value: Any) -> Hashable:
        return None if is_blank(value) else json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            clean(key)
            _refuse_floats(each)
    elif isinstance(value, list):
        for each in value:
            _refuse_floats(each)
    elif isinstance(value, str):
        clean(value)
    elif value is not None and value.__class__ not in (int, bool):
        raise wrong("structure", value)


class _Family(Type):
    """Many members, one claim each. `member` is the type of what a member's claim holds.

    `grows`: whether a record takes members that it does not show.
    """

    family = True
    grows: bool
    member: Type

    def members(self, value: Any) -> dict[str, Any]:
        """Member key (text, for cell keys) to what its claim holds."""
        raise NotImplementedError

    def gather(self, members: Mapping[str, Any]) -> Any:
        """The whole value from what the members' claims hold; False and None are left out."""
        raise NotImplementedError

    def sift(self, value: Any) -> tuple[Any, list[tuple[Any, Refused]]]:
        """The good members, and the bad ones each with its reason."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        good, bad = self.sift(value)
        if bad:
            raise bad[0][1]
        return good


class Set(_Family):
    name = "set"
    grows = True
    member: Type = Bool()

    def __init__(self, of: Type) -> None:
        self.of = of

    def sift(self, value: Any) -> tuple[frozenset[Any], list[tuple[Any, Refused]]]:
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise wrong("list", value)
        good, bad = [], []
        for each in value:
            try:
                if not is_blank(each) and (member := self.of.check(each)) is not None:
                    good.append(member)
            except Refused as refused:
                bad.append((each, refused))
        return frozenset(good), bad

    def normal(self, value: Any) -> Hashable:
        return frozenset(self.of.normal(each) for each in value) if value else None

    def dump(self, value: Any) -> Any:
        return None if value is None else [self.of.dump(each) for each in sorted(value)]

    def load(self, json: Any) -> Any:
        return None if json is None else frozenset(self.of.load(each) for each in json)

    def members(self, value: Any) -> dict[str, Any]:
        return {self._key(each): True for each in value or ()}

    def gather(self, members: Mapping[str, Any]) -> frozenset[Any]:
        return frozenset(self._member(key) for key, held in members.items() if held is True)

    def _key(self, member: Any) -> str:
        return f"{member.object}/{member.id}" if isinstance(member, RefValue) else str(member)

    def _member(self, key: str) -> Any:
        if isinstance(self.of, Ref) and "/" in key:
            return RefValue(*key.split("/", 1))
        return self.of.load(key)


class Map(_Family):
    """A record shows every member that it can hold, the blank ones too. One that it does not show says nothing."""

    name = "map"
    grows = False

    def __init__(self, of: Type) -> None:
        self.of = self.member = of

    def sift(self, value: Any) -> tuple[dict[str, Any], list[tuple[Any, Refused]]]:
        if not isinstance(value, dict):
            raise wrong("map", value)
        good, bad = {}, []
        for key, each in value.items():
            try:
                if (name := clean(key)) is not None:
                    good[name] = None if is_blank(each) else self.of.check(each)
            except Refused as refused:
                bad.append(((key, each), refused))
        return good, bad

    def normal(self, value: Any) -> Hashable:
        pairs = ((key, self.of.normal(each)) for key, each in sorted((value or {}).items()))
        return tuple(pair for pair in pairs if pair[1] is not None) or None

    def dump(self, value: Any) -> Any:
        return None if value is None else {key: self.of.dump(value[key]) for key in sorted(value)}

    def load(self, json: Any) -> Any:
        return None if json is None else {key: self.of.load(each) for key, each in json.items()}

    def members(self, value: Any) -> dict[str, Any]:
        return dict(value or {})

    def gather(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {key: each for key, each in members.items() if not is_blank(each)}


def sorted_members(type: Set, members: Iterable[Any]) -> list[Any]:
    """In the order of their JSON, so that what is written does not depend on hashing."""
    return sorted(members, key=lambda each: str(type.of.dump(each)))
