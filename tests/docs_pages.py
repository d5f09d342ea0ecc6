"""Writes docs/commands.md, docs/reference.md and docs/rooms.md from the program itself: `python -m tests.docs_pages`."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import typer.main

from conflict import rules, strategies
from connectors.kit import quality, registry
from connectors.kit.faults import Fault
from hub.cli import make_app
from hub.finance import policy
from hub.frequency import promised, span
from hub.sentences import SENTENCES
from hub.settings import REMEDIES, Settings, variable_of
from mappings.canonical import ENTITIES
from mappings.fields import SENSITIVITIES, Entity, Field
from mappings.rollups import ROLLUPS
from mappings.transforms import TRANSFORMS, Transform
from mappings.types import Enum, Map, Ref, Set, Type
from mappings.values import Money, RefValue

DOCS = Path(__file__).parents[1] / "docs"
NOTE = "<!-- Made by `python -m tests.docs_pages` from the program itself. A test fails when it is stale: do not edit it. -->"


README = DOCS.parent / "README.md"
SYSTEMS = re.compile(r"(?<=<!-- systems: made by `python -m tests.docs_pages` -->\n).*?(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    for name, page in pages().items():
        (DOCS / name).write_text(page, encoding="utf-8")
    README.write_text(with_systems(README.read_text(encoding="utf-8")), encoding="utf-8")


def with_systems(text: str) -> str:
    """The README with today's table of systems."""
    return SYSTEMS.sub(lambda _: f"\n{systems()}\n\n", text)


def systems() -> str:
    plugins = registry.discover().all()
    return table(("system", "reads", "writes", "webhooks", "asks every", "deletions"), map(_system, plugins))


def _system(plugin: registry.Plugin) -> Iterator[str]:
    connector = plugin.connector
    facts = connector.facts
    written = [name for name, each in facts.objects.items() if each.verbs]
    seconds = facts.every if facts.every is not None else promised(facts.roles)
    answers, _ = quality.read(quality.of(connector.__module__.rpartition(".")[0]) or "")
    seen = answers["deletions_seen"]
    yield f"[{facts.title}](connectors/{plugin.name}/README.md)"
    yield ", ".join(name.replace("_", " ") for name in facts.objects)
    yield ", ".join(name.replace("_", " ") for name in written) or "nothing"
    yield "yes" if connector.provides("webhook") else "no"
    yield span(seconds)
    yield "seen" if seen.standing == "done" else seen.reason


def pages() -> dict[str, str]:
    return {"commands.md": _joined(commands()), "reference.md": _joined(reference()), "rooms.md": _joined(rooms())}


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join([NOTE, *blocks]) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    titles = list(head)
    return "\n".join(_row(cells) for cells in [titles, ["---"] * len(titles), *rows])


def _row(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(value: object) -> str:
    return f"`{value}`"


def plain(value: Any) -> str:
    """A canonical value, or an argument of a mapping file, as a person writes it."""
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case Money():
            return f"{value.amount} {value.currency}"
        case RefValue():
            return f"{value.object} {value.id}"
        case list():
            return "[" + ", ".join(map(plain, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {plain(each)}" for key, each in value.items()) + "}"
        case _:
            return str(value)


# Commands


def every_command() -> Iterator[tuple[str, Any]]:
    """Words and command, groups before what they hold."""
    return _below("hub", typer.main.get_command(make_app()))


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from _below(f"{words} {name}", each)


def commands() -> Iterator[str]:
    yield "# Commands"
    yield (
        "Every command ends with an exit status: **0** done · **1** failed · **2** unusable arguments or configuration · **3** waits for a"
        " person. With `--json` standard output holds one JSON object a line and nothing else; progress, warnings and complaints go to"
        " standard error. `ID` is our own id or `CONNECTION:OBJECT:EXTERNAL_ID`."
    )
    for words, command in list(every_command())[1:]:
        yield f"## `{words}`"
        yield command.help
        if hasattr(command, "commands"):
            yield "Goes on with: " + " · ".join(code(name) for name in command.commands)
        if rows := [row for each in command.params if (row := _parameter(each))]:
            yield table(("word", "meaning"), rows)


def _parameter(each: Any) -> tuple[str, str] | None:
    if each.name == "help":
        return None
    word = each.opts[0] if each.param_type_name == "option" else each.metavar or each.name.upper()
    if each.param_type_name == "option" and not each.is_flag:
        word += f" {(each.metavar or each.name).upper()}"
    said = each.help or ""
    if each.default not in (None, False, (), []) and each.show_default and not callable(each.default):
        said += f" Without it: {each.default}."
    return code(word), said


# Reference


def reference() -> Iterator[str]:
    yield "# Reference"
    yield (
        "[Settings](#settings), [conversions](#conversions), [strategies](#strategies), [reasons](#reasons), [ARR policy](#arr-policy),"
        " [entities and fields](#entities-and-fields), [problems](#problems), [faults of practice systems](#faults-of-practice-systems)."
    )
    yield "## Settings"
    yield "Environment variables. [Operating](operating.md) says what each is for."
    yield table(("variable", "value", "without it"), map(_setting, REMEDIES))
    yield "## Conversions"
    yield (
        "What may stand after `as:` in a mapping file. Each works both ways unless it says that it only reads. A vendor's own conversions are"
        " named `<vendor>.<name>` and stand in `mappings/<vendor>/lenses.py`."
    )
    yield table(("name", "argument", "the vendor says", "we understand"), _transforms(TRANSFORMS.values()))
    yield from _strategies()
    yield "## ARR policy"
    yield f"The points of `{policy.NAME}` that companies decide differently; the first word is what it says. [How ARR is counted](arr.md)"
    yield table(("point", "words"), ((code(name), ", ".join(map(code, words))) for name, words in policy.CHOICES.items()))
    yield from _entities()
    yield "## Problems"
    yield "Each has a stable code; the sentence says what happened, where, and what to do. Words in braces are filled in."
    yield table(("code", "sentence"), ((code(name), _sentence(text)) for name, text in sorted(SENTENCES.items())))
    yield "## Faults of practice systems"
    yield "What `hub twins fail NAME FAULT` takes. A vendor's practice system plays those that its real API can show."
    yield " · ".join(code(fault.value) for fault in Fault)


def _sentence(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _setting(name: str) -> tuple[str, str, str]:
    default = Settings.model_fields[name].default
    shown = "none" if default is None or name == "allow_hosts" else code(default)
    return code(variable_of(name)), REMEDIES[name], shown


def _transforms(transforms: Iterable[Transform]) -> Iterator[tuple[str, ...]]:
    for each in transforms:
        for argument, external, canonical in each.examples:
            said = "" if argument is None else code(plain(argument))
            yield code(each.name), said, code(json.dumps(external)), code(plain(canonical))


def _strategies() -> Iterator[str]:
    yield "## Strategies"
    yield "A field's rule in `conflict/rules.yaml` has exactly one of these. Names are connections or roles: " + ", ".join(
        map(code, rules.ROLES)
    )
    yield table(
        ("strategy", "which value survives"),
        (
            ("`order`", "the first of the list that has a value; the others are corrected"),
            ("`latest`", "the newest edit; where time cannot tell, the order, or a person (`unsure: ask`)"),
            ("`pick`", "the best on a scale: " + ", ".join(map(code, strategies.PICKS))),
            ("`ask`", "a person decides whenever two systems differ"),
        ),
    )
    yield table(("option", "words"), ((code(name), ", ".join(map(code, words))) for name, words in rules.OPTIONS.items()))
    yield (
        "`locked: true`: nobody else may set the field. `exists` takes `on_delete`: "
        + ", ".join(map(code, rules.ON_DELETE))
        + "."
    )
    yield "Limits, above which a run waits for a person before it writes: " + ", ".join(map(code, rules.LIMITS)) + "."
    yield "## Reasons"
    yield "Why a value is agreed, or why there is none (`hub explain --json`, `hub changes --json`). [Glossary](glossary.md#reasons) says them in words."
    yield ", ".join(code(reason.value) for reason in strategies.Reason)


def _entities() -> Iterator[str]:
    yield "## Entities and fields"
    yield (
        "The built-in fields; `mappings/fields.yaml` adds your own. *Sensitivity* is one of "
        + ", ".join(map(code, SENSITIVITIES))
        + "; a connection's `may_hold` says which of them it may store."
    )
    for entity in ENTITIES.values():
        yield f"### {entity.name}"
        rows = [_field(entity, field) for field in entity.fields.values() if not field.custom]
        yield table(("field", "type", "sensitivity", "who answers", "what it says"), rows)


def _field(entity: Entity, field: Field) -> tuple[str, ...]:
    notes = [field.help]
    if isinstance(field.type, Enum):
        notes.append("One of: " + ", ".join(map(code, field.type.values)) + ".")
    rollups = ROLLUPS.get(entity.name, ())
    notes.extend(f"Computed from the {rollup.child} records." for rollup in rollups if rollup.field == field.name)
    if field.reading:
        notes.append(f"A reading of `{field.reading}`.")
    if field.required_when:
        notes.append(f"Missing is a finding ({field.required_when}).")
    if field.reserved:
        notes.append("Reserved for later.")
    return code(field.name), _type(field.type), field.sensitivity, field.steward, " ".join(notes)


def _type(type: Type) -> str:
    match type:
        case Ref():
            return f"ref to {type.entity}"
        case Set() | Map():
            return f"{type.name} of {_type(type.of)}"
        case _:
            return type.name


# Rooms


def rooms() -> Iterator[str]:
    yield "# Rooms"
    yield "What each is for, in its own words. Layers, highest first; how they play together stands in [the house](architecture.md)."
    for package in ("scheduler", "hub", "conflict", "mappings", "connectors", "connectors/kit"):
        yield f"## {package}"
        found = [(code(path.name + "/" * path.is_dir()), said) for path in _paths(package) if (said := _said(path))]
        yield table(("room", "what it is for"), found)


def _paths(package: str) -> list[Path]:
    folder = DOCS.parent / package
    return sorted(path for path in folder.iterdir() if path.name[0] not in "._" and (path.is_dir() or path.suffix == ".py"))


def _said(path: Path) -> str:
    """The first paragraph of its docstring; nothing for a folder that is no package."""
    module = path / "__init__.py" if path.is_dir() else path
    if not module.exists():
        return ""
    return (ast.get_docstring(ast.parse(module.read_text())) or "").partition("\n\n")[0]


if __name__ == "__main__":
    main()
