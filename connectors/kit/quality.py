"""The checklist of a connector as data: every rule answered, every excuse in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml

from connectors.kit.contract import Connector

Standing = Literal["done", "todo", "exempt"]

WORDS = 4  # an excuse in fewer words says nothing

# Rules whose `done` can be seen in the connector itself: the verb it must have written.
VERBS = {"counted_apart": "count", "webhooks_verified": "webhook", "batch_apart": "push_many"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`code`: not_yaml, unknown_rule, unanswered, not_an_answer, no_reason, not_so."""

    rule: str
    code: str
    said: Any = None


@dataclass(frozen=True, slots=True)
class Answered:
    standing: Standing
    reason: str = ""


def rules() -> dict[str, str]:
    """Rule → what it promises, in the order of the list."""
    text = resources.files("connectors.kit").joinpath("quality.yaml").read_text(encoding="utf-8")
    return {str(rule): str(promise) for rule, promise in yaml.safe_load(text).items()}


def of(module: str) -> str | None:
    """The quality.yaml of a connector's package, None if there is none."""
    file: Traversable = resources.files(module).joinpath("quality.yaml")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def read(text: str) -> tuple[dict[str, Answered], list[Finding]]:
    """The answers that can be used, and what is wrong with the rest."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return {}, [Finding("", "not_yaml", str(error))]
    if not isinstance(said, Mapping):
        return {}, [Finding("", "not_yaml", said)]
    known = rules()
    found = [Finding(str(rule), "unknown_rule", answer) for rule, answer in said.items() if rule not in known]
    answers: dict[str, Answered] = {}
    for rule in known:
        answer = _answer(rule, said[rule]) if rule in said else Finding(rule, "unanswered")
        if isinstance(answer, Finding):
            found.append(answer)
        else:
            answers[rule] = answer
    return answers, found


def check(text: str, connector: type[Connector]) -> list[Finding]:
    """What is wrong with a connector's quality.yaml, also against the connector itself."""
    answers, found = read(text)
    for rule, verb in VERBS.items():
        done = rule in answers and answers[rule].standing == "done"
        if done and not connector.provides(verb):
            found.append(Finding(rule, "not_so", verb))
    return found


def _answer(rule: str, said: Any) -> Answered | Finding:
    if said in ("done", "todo"):
        return Answered(said)
    if isinstance(said, Mapping) and list(said) == ["exempt"]:
        reason = said["exempt"]
        if isinstance(reason, str) and len(reason.split()) >= WORDS:
            return Answered("exempt", reason)
        return Finding(rule, "no_reason", reason)
    return Finding(rule, "no_reason" if said == "exempt" else "not_an_answer", said)
