"""Mapping files read into mappings. Every error names file, line, field and the nearest valid word."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Mapping as Dict
from pathlib import Path
from typing import Any, cast

from mappings import documents
from mappings.canonical import entities as configured_entities
from mappings.checks import orders
from mappings.documents import BadDocument, Document, DocumentError, Node
from mappings.fieldmap import WAYS, FieldMap, Place, Way, make_fieldmap
from mappings.fields import Entity, Field
from mappings.lens import Lens
from mappings.mapping import MATCH_KINDS, Mapping, Match
from mappings.scalars import Enum, Type
from mappings.transforms import TRANSFORMS, Transform
from mappings.values import Refused

FOLDER = Path(__file__).parent
_KEYS = ("connector", "object", "entity", "match", "many", "anchor", "merges", "blank", "way", "fields")
_FIELD_KEYS = ("at", "as", "way")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BY_DEFAULT = {"date": "date", "datetime": "datetime"}  # JSON has no times: without `as` they are read as ISO text


def load_all(folder: Path = FOLDER, entities: Dict[str, Entity] | None = None) -> dict[tuple[str, str], Mapping]:
    """Every `<vendor>/<object>.yaml` of the folder, by connector and object. Raises BadDocument with the errors of all."""
    known = configured_entities() if entities is None else entities
    found: list[Mapping] = []
    errors: list[DocumentError] = []
    for vendor in sorted({path.parent for path in folder.glob("*/*.yaml")}):
        try:
            found += load_folder(vendor, known)
        except BadDocument as bad:
            errors += bad.errors
    if errors:
        raise BadDocument(errors)
    return {(mapping.connector, mapping.object): mapping for mapping in found}


def load_folder(folder: Path, entities: Dict[str, Entity] | None = None) -> list[Mapping]:
    """Every mapping of one vendor. Raises BadDocument with the errors of all its files."""
    known = configured_entities() if entities is None else entities
    found: dict[str, Mapping] = {}
    errors: list[DocumentError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            mapping = load_mapping(path, known)
        except BadDocument as bad:
            errors += bad.errors
            continue
        if mapping.connector != folder.name:
            errors.append(
                DocumentError(_name(path), 1, "connector", "wrong_folder", {"word": mapping.connector, "nearest": folder.name})
            )
        if mapping.object in found:
            errors.append(DocumentError(_name(path), 1, "object", "mapped_twice", {"word": mapping.object}))
        found[mapping.object] = mapping
    if errors:
        raise BadDocument(errors)
    return list(found.values())


def load_mapping(source: Path | str, entities: Dict[str, Entity] | None = None, name: str | None = None) -> Mapping:
    """One mapping from a file or from its text. Raises BadDocument."""
    known = configured_entities() if entities is None else entities
    document = documents.load(source, name or (_name(source) if isinstance(source, Path) else "mapping.yaml"))
    return _Loader(document, known).mapping()


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


class _Loader:
    def __init__(self, document: Document, entities: Dict[str, Entity]) -> None:
        self.document = document
        self.root = document.root
        self.entities = entities
        self.way = "both"

    def mapping(self) -> Mapping:
        document, root = self.document, self.root
        document.known_keys(root, _KEYS)
        for key in ("connector", "object", "entity", "fields"):
            if key not in root:
                document.error(root, "missing_key", word=key)
        document.raise_errors()
        connector, object = self._slug("connector"), self._slug("object")
        entity = self.entities.get(document.word(root["entity"], self.entities, "unknown_entity") or "")
        if entity is None:
            document.raise_errors()
            raise AssertionError("an unknown entity is an error")
        self.way = self.document.word(root["way"], WAYS) or "both" if "way" in root else "both"
        fields = self._fields(entity, connector)
        made = Mapping(
            connector=connector,
            object=object,
            entity=entity.name,
            version=hashlib.sha256(document.source.encode()).hexdigest()[:16],
            fields=fields,
            match=tuple(self._match(node, entity) for node in self._list("match")),
            orders=tuple((name, other) for name, other in orders(entity) if name in fields and other in fields),
            many="many" in root and document.boolean(root["many"]),
            anchor=self._path(root["anchor"]) if "anchor" in root else None,
            merges=frozenset(document.string(node) for node in self._list("merges")),
            blank=root["blank"].text if "blank" in root else None,
        )
        document.raise_errors()
        return made

    def _slug(self, key: str) -> str:
        word = self.document.string(self.root[key])
        if word and not _NAME.fullmatch(word):
            self.document.error(self.root[key], "not_a_name", word=word)
        return word

    def _list(self, key: str) -> list[Node]:
        return self.root[key].list if key in self.root else []

    def _match(self, node: Node, entity: Entity) -> Match:
        """`id`, a field of type domain or email, or `{email_domain: FIELD}`."""
        if node.is_text:
            if node.text == "id":
                return Match("id")
            name = self.document.word(node, [*entity.fields, "id"], "unknown_field") or ""
            kind = entity.fields[name].type.name if name else "domain"
            if kind not in MATCH_KINDS:
                self.document.error(node, "no_key_type", word=name, type=kind)
                kind = "domain"
            return Match(kind, name)
        self.document.known_keys(node, ("email_domain",))
        name = self.document.word(node["email_domain"], entity.fields, "unknown_field") or "" if "email_domain" in node else ""
        return Match("email_domain", name)

    def _path(self, node: Node) -> tuple[str, ...]:
        path = tuple(self.document.string(node).split("."))
        if "" in path:
            self.document.error(node, "bad_path", word=node.text)
        return path

    def _fields(self, entity: Entity, connector: str) -> dict[str, FieldMap]:
        found: dict[str, list[tuple[Node, Way, Place]]] = {}
        for key, node in self.document.mapping(self.root["fields"]).items():
            name, _, part = key.partition(".")
            field = self._field(node, name, entity)
            if field is None or (place := self._place(node, field, part or None, connector)) is None:
                continue
            found.setdefault(name, []).append((node, *place))
        return {name: self._made(entity.fields[name], places) for name, places in found.items()}

    def _field(self, node: Node, name: str, entity: Entity) -> Field | None:
        field = entity.fields.get(name)
        if field is None:
            nearest = documents.nearest(name, entity.fields)
            self.document.error(node, "unknown_field", word=name, nearest=nearest, entity=entity.name)
        elif field.reserved or field.reading:
            self.document.error(node, "reserved_field" if field.reserved else "computed_field", word=name)
            return None
        return field

    def _made(self, field: Field, places: list[tuple[Node, Way, Place]]) -> FieldMap:
        node, way, first = places[0]
        parts = [place.part for _, _, place in places]
        if len(places) > 1 and None in parts:
            self.document.error(places[-1][0], "part_and_whole", word=field.name)
        if len({way for _, way, _ in places}) > 1:
            self.document.error(places[-1][0], "several_ways", word=field.name)
        if first.part is None:
            places = places[:1]
        made = make_fieldmap(field, way, [place for _, _, place in places])
        if way != "read" and first.part is None and (made.lens is None or made.lens.change is None):
            self.document.error(node, "read_only_transform", word=field.name)
        return made

    def _place(self, node: Node, field: Field, part: str | None, connector: str) -> tuple[Way, Place] | None:
        document = self.document
        if part is not None and part not in field.type.parts:
            document.error(node, "unknown_part", word=part, nearest=documents.nearest(part, field.type.parts))
            return None
        type = field.type if part is None else field.type.parts[part]
        if node.is_text:
            return cast("Way", self.way), Place(self._path(node), self._stages([], node, type, connector), part)
        document.known_keys(node, _FIELD_KEYS)
        way = document.word(node["way"], WAYS) if "way" in node else self.way
        steps = [] if "as" not in node else node["as"].value if isinstance(node["as"].value, list) else [node["as"]]
        if "at" not in node and not steps:
            document.error(node, "missing_key", word="at")
        path = self._path(node["at"]) if "at" in node else ()
        return cast("Way", way or "both"), Place(path, self._stages(steps, node, type, connector), part)

    def _stages(self, steps: list[Node], node: Node, type: Type, connector: str) -> tuple[Lens, ...]:
        if not steps and type.name in _BY_DEFAULT:
            return (TRANSFORMS[_BY_DEFAULT[type.name]].make(None),)
        lenses = [self._stage(step, type, connector) for step in steps]
        if type.name in ("money", "map") and not steps:
            self.document.error(node, "needs_transform", type=type.name)
        return tuple(lens for lens in lenses if lens is not None)

    def _stage(self, step: Node, type: Type, connector: str) -> Lens | None:
        document = self.document
        if not step.is_text and len(step.items) != 1:
            document.error(step, "not_one_transform")
            return None
        name, argument = (step.text, None) if step.is_text else next(iter(step.items.items()))
        known = {**TRANSFORMS, **vendor_lenses(connector)}
        transform = known.get(name)
        if transform is None:
            document.error(step, "unknown_transform", word=name, nearest=documents.nearest(name, known))
            return None
        self._fits(step, transform, type, argument)
        try:
            return transform.make(None if argument is None else argument.plain())
        except Refused as refused:
            document.error(step, refused.code, transform=name, **refused.data)
            return None

    def _fits(self, step: Node, transform: Transform, type: Type, argument: Node | None) -> None:
        members = {type.name, getattr(getattr(type, "of", None), "name", type.name)}
        if transform.gives and not transform.gives & members:
            self.document.error(step, "wrong_transform", transform=transform.name, type=type.name)
        words: Any = type if isinstance(type, Enum) else getattr(type, "of", None)
        if transform.name == "enum" and isinstance(words, Enum) and argument is not None:
            for node in argument.items.values():
                self.document.word(node, words.values, "unknown_value")


def vendor_lenses(connector: str) -> Dict[str, Transform]:
    """The lenses of `mappings/<connector>/lenses.py`, by their names `<connector>.<lens>`."""
    module = f"mappings.{connector}.lenses"
    if not _NAME.fullmatch(connector) or not (FOLDER / connector / "lenses.py").exists():
        return {}
    lenses: Dict[str, Transform] = importlib.import_module(module).LENSES
    return lenses
