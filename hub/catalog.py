"""Everything that is written down rather than stored: connectors, canonical model, mappings, rules, ARR policy; loaded and cross-checked together."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path

import conflict
import mappings
from conflict.rules import Rules, load_rules
from connectors.kit import registry
from connectors.kit.contract import Connector
from hub.finance import Policy, load_policy
from hub.words import Problem, Problems
from mappings.canonical import Entity, entities
from mappings.documents import BadDocument, DocumentError
from mappings.load import load_all
from mappings.mapping import Mapping
from mappings.rollups import ROLLUPS
from mappings.scalars import nearest

ORDER = (
    "user", "account", "contact", "subscription", "invoice", "opportunity", "ticket", "usage", "interaction", "response",
)  # fmt: skip
"""The fixed order in which due golden records are settled. Parents come round again when their children changed."""


@dataclass(frozen=True)
class Catalog:
    """Static for the life of a process: a changed document is a new catalog."""

    plugins: registry.Registry
    entities: Dict[str, Entity]
    mappings: Dict[tuple[str, str], Mapping]  # by (connector, object)
    rules: Rules
    policy: Policy

    @property
    def ranks(self) -> dict[str, int]:
        return {name: rank for rank, name in enumerate(ORDER)}

    def connector(self, name: str) -> type[Connector]:
        """Raises `Problem` for a name that nobody registered, or whose code does not load."""
        return self.plugin(name).connector

    def plugin(self, name: str) -> registry.Plugin:
        """As `connector`, with its twin and its practice customers."""
        try:
            return self.plugins.get(name)
        except registry.Broken as broken:
            raise Problem(broken.code, name=broken.name, module=broken.module, **self._near(name), **broken.data) from None

    def _near(self, name: str) -> Dict[str, str]:
        found = None if name in self.plugins.names else nearest(name, self.plugins.names)
        return {} if found is None else {"nearest": found}

    def paths(self, connector: str) -> dict[str, frozenset[str]]:
        """By object, what its mapping names of the vendor's records, as dotted paths."""
        return {object: mapping.paths for (owner, object), mapping in self.mappings.items() if owner == connector}

    def through(self, entity: str) -> frozenset[str]:
        """Reference fields of `entity` that a rollup of some parent goes through."""
        return frozenset(rollup.through for made in ROLLUPS.values() for rollup in made if rollup.child == entity)


def load_catalog(
    mapping_dir: Path | None = None,
    rules_file: Path | str | None = None,
    connections: Iterable[str] = (),
    policy_file: Path | str | None = None,
) -> Catalog:
    """`connections`: names that rules may use beside roles.

    Raises `Problems` with everything that is wrong in any document, each with file, line, field and nearest word.
    """
    found: list[Problem] = []
    model = entities()
    try:
        loaded = load_all(mapping_dir or Path(mappings.__file__).parent, model)
    except BadDocument as bad:
        found += [_problem(error) for error in bad.errors]
    try:
        rules = load_rules(rules_file or Path(conflict.__file__).parent / "rules.yaml", model, connections)
    except BadDocument as bad:
        found += [_problem(error) for error in bad.errors]
    try:
        policy = Policy() if policy_file is None else read_policy(policy_file)
    except Problems as bad:
        found += bad.found
    if found:
        raise Problems("documents", found)
    return Catalog(registry.discover(), model, loaded, rules, policy)


def read_policy(source: Path | str) -> Policy:
    """Raises `Problems` with everything that is wrong in the file."""
    try:
        return load_policy(source)
    except BadDocument as bad:
        raise Problems("documents", [_problem(error) for error in bad.errors]) from None


def _problem(error: DocumentError) -> Problem:
    return Problem(error.code, file=error.file, line=error.line, field=error.field, **error.data)
