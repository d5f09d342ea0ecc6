"""The worked examples of docs/arr.md: read from the page, run through `hub arr`, and what it says put back.

`python -m tests.arr_page` writes the page anew; the figures beside the examples are worked out by hand and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from typer.testing import CliRunner, Result

from hub.cli import make_app

PAGE = Path(__file__).parents[1] / "docs" / "arr.md"
AS_OF = "2026-06-01T00:00:00Z"
_RULE = re.compile(r"^### (R\d+) .*?(?=^##)", re.MULTILINE | re.DOTALL)
_JSON = re.compile(r"```json\n(.*?)```", re.DOTALL)
_SAID = re.compile(r"```text\n(.*?)```", re.DOTALL)
_BOLD = re.compile(r"\*\*([\d.]+) ([A-Z]{3})\*\*")
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|$", re.MULTILINE)


class Example(NamedTuple):
    """`by_hand`: figures by currency. `others`: a line of a policy file, or `--as-of INSTANT`, with what comes of it."""

    rule: str
    objects: str
    said: str
    by_hand: dict[str, str]
    others: list[tuple[str, str]]


def examples(page: str) -> Iterator[Example]:
    for found in _RULE.finditer(page):
        text, rule = found[0], found[1]
        hand = text.partition("```json")[2].partition("```text")[0].partition("```\n")[2]
        amounts = {currency: amount for amount, currency in _BOLD.findall(hand)[::-1]}  # the first one is ARR
        yield Example(rule, _JSON.findall(text)[0], _SAID.findall(text)[0], amounts, _ROW.findall(text))


def asked(objects: str, *words: str, policy: str | None = None, as_of: str = AS_OF) -> Result:
    """`hub arr` on these objects."""
    with TemporaryDirectory() as folder:
        file, chosen = Path(folder, "billing.json"), Path(folder, "policy.yaml")
        file.write_text(objects)
        command = ["arr", str(file), "--vendor", "stripe", "--as-of", as_of, *words]
        if policy is not None:
            chosen.write_text(policy)
            command += ["--policy", str(chosen)]
        return CliRunner().invoke(make_app(), command)


def shown(objects: str) -> str:
    """What a person sees, but for the last line: as of when, by which policy."""
    lines = asked(objects).stdout.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("As of "))


def rewritten(page: str) -> str:
    for each in examples(page):
        head, objects, tail = page.partition(each.objects)
        before, _, after = tail.partition(f"```text\n{each.said}```")
        page = f"{head}{objects}{before}```text\n{shown(each.objects)}```{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text()))
