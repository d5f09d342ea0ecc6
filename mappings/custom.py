"""A company's own fields: `fields.yaml` read into the same declarations as the built-in ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from mappings import documents
from mappings.documents import Document, Node
from mappings.fields import REQUIRED_WHEN, SENSITIVITIES, STEWARDS, Check, Entity, Field, RequiredWhen, Sensitivity, Steward
from mappings.scalars import Type
from mappings.types import CUSTOM_TYPES, make

_KEYS = (
    "type",
    "values",
    "aliases",
    "of",
    "entity",
    "label",
    "help",
    "sensitivity",
    "steward",
    "required_when",
    "min",
    "max",
    "not_before",
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def custom_fields(source: Path | str, known: Mapping[str, Entity]) -> dict[str, dict[str, Field]]:
    """Entity to its further fields. Raises BadDocument with every error."""
    document = documents.load(source, None if isinstance(source, Path) else "fields.yaml")
    found: dict[str, dict[str, Field]] = {}
    document.known_keys(document.root, known)
    for name, node in document.mapping(document.root).items():
        if name not in known:
            continue
        fields = document.mapping(node).items()
        declared = ((field, _field(document, field, declaration, known[name], known)) for field, declaration in fields)
        found[name] = {field: made for field, made in declared if made is not None}
    document.raise_errors()
    return found


def _field(document: Document, name: str, node: Node, entity: Entity, known: Mapping[str, Entity]) -> Field | None:
    if name in entity.fields:
        document.error(node, "hides_built_in", word=name)
    if not _NAME.fullmatch(name):
        document.error(node, "not_a_name", word=name)
    document.known_keys(node, _KEYS)
    type = _type(document, node, known)
    for needed in ("label", "help"):
        if needed not in node:
            document.error(node, "missing_key", word=needed)
    if type is None:
        return None
    required = node.get("required_when")
    return Field(
        name,
        type,
        _text(document, node, "label"),
        _text(document, node, "help"),
        sensitivity=cast("Sensitivity", _word(document, node, "sensitivity", SENSITIVITIES, "none")),
        steward=cast("Steward", _word(document, node, "steward", STEWARDS, "cs_ops")),
        checks=_checks(document, node, entity),
        required_when=cast("RequiredWhen", document.word(required, REQUIRED_WHEN)) if required else None,
        custom=True,
    )


def _type(document: Document, node: Node, known: Mapping[str, Entity]) -> Type | None:
    if "type" not in node:
        document.error(node, "missing_key", word="type")
        return None
    name = document.word(node["type"], CUSTOM_TYPES, "unknown_type")
    if name is None:
        return None
    if name == "enum":
        return _enum(document, node)
    if name == "ref":
        target = document.word(node["entity"], known, "unknown_entity") if "entity" in node else None
        if "entity" not in node:
            document.error(node, "missing_key", word="entity")
        return make("ref", entity=target or "")
    if name in ("set", "map"):
        return _family(document, node, name, known)
    return make(name)


def _family(document: Document, node: Node, name: str, known: Mapping[str, Entity]) -> Type | None:
    member = Node({**node.items, "type": node["of"]}, node.line, node.path) if "of" in node else None
    of = _type(document, member, known) if member else make("text")
    if of is not None and (of.family or of.name == "address"):
        document.error(node, "not_a_member_type", word=of.name)
        return None
    return make(name, of=of) if of else None


def _enum(document: Document, node: Node) -> Type:
    if "values" not in node or not node["values"].items:
        document.error(node, "missing_key", word="values")
        return make("enum", values={})
    values = {value: document.string(label) for value, label in document.mapping(node["values"]).items()}
    aliases = document.mapping(node["aliases"]).items() if "aliases" in node else ()
    known = {alias: document.word(value, values) or "" for alias, value in aliases}
    return make("enum", values=values, aliases=known or None)


def _checks(document: Document, node: Node, entity: Entity) -> tuple[Check, ...]:
    found = []
    if "min" in node and (least := document.integer(node["min"])) is not None:
        found.append(Check("min", least))
    if "max" in node and (most := document.integer(node["max"])) is not None:
        found.append(Check("max", most))
    if "not_before" in node and (other := document.word(node["not_before"], entity.fields, "unknown_field")) is not None:
        found.append(Check("not_before", other))
    return tuple(found)


def _text(document: Document, node: Node, key: str) -> str:
    return document.string(node[key]) if key in node else ""


def _word(document: Document, node: Node, key: str, words: tuple[str, ...], default: str) -> str:
    return document.word(node[key], words) or default if key in node else default
