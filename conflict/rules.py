"""rules.yaml: which value survives, field by field; loaded with good errors, then bound to the connections there are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from conflict.columns import part_type
from conflict.strategies import PICKS, Rule
from mappings.canonical import Entity, Field
from mappings.documents import Document, Node, load
from mappings.scalars import nearest
from mappings.types import Type

RULES_FILE: Final = Path(__file__).with_name("rules.yaml")
ROLES: Final = ("billing", "support", "product", "marketing", "crm", "chat", "warehouse")
EVERY: Final = "*"
EXISTS: Final = "exists"
STRATEGIES: Final = ("order", "latest", "pick", "ask")
OPTIONS: Final = {"blank": ("yields", "counts"), "unsure": ("order", "ask"), "locked": ("true", "false")}
ON_DELETE: Final = ("archive", "keep", "delete")
LIMITS: Final = ("creates", "deletes", "changes", "arr_moved")


class Written(NamedTuple):
    """A rule as written. `names`: connections and roles, best first; None where all count alike."""

    strategy: Literal["order", "latest", "pick", "ask"]
    names: tuple[str, ...] | None = None
    pick: str | None = None
    blank_counts: bool = False
    unsure_ask: bool = False
    locked: bool = False


class Exists(NamedTuple):
    """The rule of existence. `create`: where records are created, and the golden values that they must have for it."""

    names: tuple[str, ...] = ()
    on_delete: str = "archive"
    create: Mapping[str, Mapping[str, tuple[str, ...]]] = {}


class Limit(NamedTuple):
    """Above it a run waits for a person: so many (`most`), or such a part of all (`share`, 0.05 for 5 %)."""

    most: int | None = None
    share: Decimal | None = None

    def exceeded(self, value: Decimal | int, of: Decimal | int) -> bool:
        if self.most is not None:
            return value > self.most
        return self.share is not None and value > self.share * of


class BoundExists(NamedTuple):
    """Ranks of the connections that decide, and the conditions of creation per connection."""

    ranks: Mapping[str, int]
    on_delete: str
    create: Mapping[str, Mapping[str, tuple[str, ...]]]


class Ruled(NamedTuple):
    """A field with its rule, as settle needs it. `type`: of one cell; `rolled`: made from golden children."""

    field: str
    rule: Rule
    type: Type
    family: bool
    rolled: bool


class BoundRules:
    """Rules with connections for names."""

    def __init__(self, rules: Rules, connections: Mapping[str, Collection[str]]) -> None:
        self.version = rules.version
        self.limits = rules.limits
        self._rules = rules
        self._connections = connections
        self._tables: dict[Entity, dict[str, Ruled]] = {}

    def table(self, entity: Entity) -> Mapping[str, Ruled]:
        """Every field of the entity with its rule."""
        if entity not in self._tables:
            self._tables[entity] = {name: self._ruled(entity, field) for name, field in entity.fields.items()}
        return self._tables[entity]

    def _ruled(self, entity: Entity, field: Field) -> Ruled:
        rolled = field.rollup is not None
        return Ruled(field.name, self._bind(entity.name, field.name), part_type(field.type), field.type.family, rolled)

    def exists(self, entity: str) -> BoundExists:
        written = self._rules.exists.get(entity, Exists())
        create: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for name, conditions in written.create.items():
            for connection in self._meant((name,)):
                create.setdefault(connection, conditions)
        return BoundExists(self._meant(written.names), written.on_delete, create)

    def _bind(self, entity: str, field: str) -> Rule:
        rules = self._rules.fields.get(entity, {})
        base = rules.get(EVERY, Written("order", ()))
        own = field if field in rules else EVERY
        written = rules.get(own, base)
        named = None if written.names is None else self._meant(written.names)
        return Rule(
            name=f"{entity}.{own}",
            strategy=written.strategy,
            named=named,
            ranks=self._meant(base.names or ()) if named is None else named,
            last=1 + max((named or self._meant(base.names or ())).values(), default=0),
            pick=written.pick,
            blank_counts=written.blank_counts,
            unsure_ask=written.unsure_ask,
            locked=written.locked,
        )

    def _meant(self, names: Iterable[str]) -> dict[str, int]:
        """Rank by connection. A connection that is meant twice takes the better place."""
        ranks: dict[str, int] = {}
        for rank, name in enumerate(names):
            for connection, roles in self._connections.items():
                if name == connection or name in roles:
                    ranks.setdefault(connection, rank)
        return ranks


class Rules(NamedTuple):
    """A loaded rules.yaml. `version` is a hash of what it says; comments and layout do not count."""

    fields: Mapping[str, Mapping[str, Written]]
    exists: Mapping[str, Exists]
    limits: Mapping[str, Limit]
    version: str

    def bind(self, connections: Mapping[str, Collection[str]]) -> BoundRules:
        """`connections`: each connection's roles."""
        return BoundRules(self, connections)


def load_rules(source: Path | str, entities: Mapping[str, Entity], connections: Iterable[str] = ()) -> Rules:
    """Rules from a file or its text. Raises mappings.documents.BadDocument with all errors."""
    document = load(source, "rules.yaml" if isinstance(source, str) else None)
    reader = _Reader(document, entities, frozenset(connections))
    rules = reader.read()
    document.raise_errors()
    return rules


class _Reader:
    """Turns the nodes into rules and collects what is wrong with them."""

    def __init__(self, document: Document, entities: Mapping[str, Entity], connections: frozenset[str]) -> None:
        self.document = document
        self.entities = entities
        self.known = sorted({*ROLES, *connections})

    def read(self) -> Rules:
        root = self.document.root
        self.document.known_keys(root, [*self.entities, "limits"])
        fields: dict[str, dict[str, Written]] = {}
        exists: dict[str, Exists] = {}
        limits: dict[str, Limit] = {}
        for name, node in root.items.items():
            if name == "limits":
                limits = self.limits(node)
            elif name in self.entities:
                fields[name] = self.entity(self.entities[name], node)
                if (rule := node.get(EXISTS)) is not None:
                    exists[name] = self.exists(self.entities[name], rule)
        text = json.dumps(root.plain(), sort_keys=True, ensure_ascii=False)
        return Rules(fields, exists, limits, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())

    def entity(self, entity: Entity, node: Node) -> dict[str, Written]:
        found = {}
        for name, rule in self.document.mapping(node).items():
            if name == EXISTS:
                continue
            field = entity.fields.get(name)
            if field is None and name != EVERY:
                self.document.error(rule, "unknown_field", word=name, nearest=nearest(name, [*entity.fields, EXISTS]))
            elif field is not None and field.reserved:
                self.document.error(rule, "reserved_field", word=name)
            elif field is not None and field.reading is not None:
                self.document.error(rule, "field_is_a_reading", word=name, of=field.reading)
            elif (written := self.rule(rule)) is not None:
                if field is not None and written.pick is not None:
                    self.fits(rule, written.pick, field.type)
                found[name] = written
        return found

    def rule(self, node: Node) -> Written | None:
        parts = self.document.mapping(node)
        self.document.known_keys(node, (*STRATEGIES, *OPTIONS))
        chosen = [word for word in STRATEGIES if word in parts]
        if len(chosen) != 1:
            self.document.error(node, "one_strategy", found=chosen, words=list(STRATEGIES))
            return None
        strategy: Any = chosen[0]
        options = {name: self.document.word(parts[name], words) for name, words in OPTIONS.items() if name in parts}
        if strategy not in ("latest", "ask") and "unsure" in options:
            self.document.error(parts["unsure"], "option_without_effect", strategy=strategy)
        pick = self.document.word(parts["pick"], PICKS) if strategy == "pick" else None
        names = None if strategy == "pick" else self.names(parts[strategy], strategy)
        if options.get("locked") == "true" and not names:
            self.document.error(parts["locked"], "locked_without_names", strategy=strategy)
        return Written(
            strategy,
            names,
            pick,
            blank_counts=options.get("blank") == "counts",
            unsure_ask=options.get("unsure") == "ask",
            locked=options.get("locked") == "true",
        )

    def names(self, node: Node, strategy: str) -> tuple[str, ...] | None:
        if strategy == "latest" and node.value == "all":
            return None
        if strategy == "ask" and node.value == "true":
            return None
        if isinstance(node.value, dict) or (node.is_text and not node.is_blank):
            self.document.error(node, "not_a_list_of_names", strategy=strategy)
            return ()
        return tuple(name for each in node.list if (name := self.name(each)) is not None)

    def name(self, node: Node) -> str | None:
        return self.document.word(node, self.known, "unknown_role_or_connection")

    def fits(self, node: Node, pick: str, type: Any) -> None:
        of = type.member if type.family else type
        if of.name not in PICKS[pick].types:
            self.document.error(node, "pick_does_not_fit", pick=pick, type=of.name, types=sorted(PICKS[pick].types))

    def exists(self, entity: Entity, node: Node) -> Exists:
        self.document.known_keys(node, ("order", "on_delete", "create"))
        parts = node.items
        names = self.names(parts["order"], "order") if "order" in parts else ()
        on_delete = self.document.word(parts["on_delete"], ON_DELETE) if "on_delete" in parts else None
        create: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for name, conditions in (self.document.mapping(parts["create"]) if "create" in parts else {}).items():
            if name not in self.known:
                self.document.error(conditions, "unknown_role_or_connection", word=name, nearest=nearest(name, self.known))
            for field, values in self.document.mapping(conditions).items():
                if field not in entity.fields:
                    self.document.error(values, "unknown_field", word=field, nearest=nearest(field, entity.fields))
            create[name] = {field: tuple(each.text for each in values.list) for field, values in conditions.items.items()}
        return Exists(names or (), on_delete or "archive", create)

    def limits(self, node: Node) -> dict[str, Limit]:
        self.document.known_keys(node, LIMITS)
        return {name: self.limit(each) for name, each in self.document.mapping(node).items()}

    def limit(self, node: Node) -> Limit:
        text = self.document.string(node)
        number = text.removesuffix("%").strip()
        if not number.replace(".", "", 1).isdigit() or not number.isascii() or (text == number and "." in number):
            self.document.error(node, "not_a_limit", word=text)
            return Limit()
        return Limit(share=Decimal(number) / 100) if text.endswith("%") else Limit(most=int(number))
