"""The rules of the house that no linter knows: sizes, one owner each, docstrings, documentation that is true."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hub.settings import VARIABLES

ROOT = Path(__file__).parents[1]
PACKAGES = ("hub", "connectors", "mappings", "conflict", "scheduler")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

OWNERS = {
    "time": (
        re.compile(r"time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|sleep)|(datetime|date)\.(now|utcnow|today)"),
        (
            "hub/clock.py",
            "connectors/kit/twin_clock.py",
            "connectors/kit/bench.py",
        ),  # a twin's and its rig's clock are lent to nobody else
    ),
    "the environment": (re.compile(r"os\.(environ|getenv|putenv)"), ("hub/settings.py",)),
    "randomness": (re.compile(r"(random|secrets|uuid)\.\w+|os\.urandom"), ("hub/chance.py",)),
    "outgoing HTTP": (
        re.compile(
            r"(httpx|requests|urllib3)\.(Client|AsyncClient|Session|PoolManager|get|post|put|patch|delete|request|stream)|urllib\.request\.\w+"
        ),
        ("hub/transport.py", "connectors/kit/"),
    ),
}
"""What may be called in its owner's file only, so that a simulation, a redaction or a guard has one place to stand."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


EVERYTHING = sources(*PACKAGES, "tests", "benchmarks")
OURS = [path for path in EVERYTHING if "migrations/versions" not in path.as_posix()]
"""Without Alembic's revisions: generated, never edited once released, so their size says nothing."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{where(path)}:{node.lineno} {node.name} has {lines} lines"


def names_used(path: Path) -> Iterator[tuple[int, str]]:
    """Every dotted name as its module knows it: `from time import sleep as nap; nap()` is `time.sleep`."""
    known: dict[str, str] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            known |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom) and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute | ast.Name):
            first, _, rest = ast.unparse(node).partition(".")
            if first in known:
                yield node.lineno, ".".join(filter(None, (known[first], rest))).removeprefix("datetime.")


def test_files_are_small() -> None:
    lengths = {where(path): len(path.read_text().splitlines()) for path in OURS}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}


def test_functions_are_small() -> None:
    assert not [told for path in OURS for told in long_functions(path)]


def test_every_module_says_what_it_is_for() -> None:
    assert not [where(path) for path in EVERYTHING if not ast.get_docstring(tree(path))]


@pytest.mark.parametrize("what", OWNERS)
def test_one_owner_each(what: str) -> None:
    pattern, owners = OWNERS[what]
    strays = {
        f"{where(path)}:{line} {name}"
        for path in sources(*PACKAGES)
        if not where(path).startswith(owners)
        for line, name in names_used(path)
        if pattern.fullmatch(name)
    }
    assert not strays, f"only {owners} may use {what}"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import time as t\nt.sleep(1)", "time.sleep"),
        ("from time import sleep as nap\nnap(1)", "time.sleep"),
        ("from datetime import datetime\ndatetime.now()", "datetime.now"),
        ("import datetime\ndatetime.datetime.now()", "datetime.now"),
        ("import os\nos.environ['HUB_X']", "os.environ"),
        ("import urllib.request\nurllib.request.urlopen('x')", "urllib.request.urlopen"),
    ],
)
def test_the_owner_check_sees_through_other_names(tmp_path: Path, source: str, name: str) -> None:
    path = tmp_path / "stray.py"
    path.write_text(source)
    assert any(used == name and any(pattern.fullmatch(used) for pattern, _ in OWNERS.values()) for _, used in names_used(path))


ELSEWHERE = ("http://", "https://", "mailto:")
PAGES = sorted(
    path for folder in (".", "docs", *PACKAGES) for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
)


def test_documentation_names_only_settings_that_exist() -> None:
    named = {(where(page), name) for page in PAGES for name in re.findall(r"\bHUB_[A-Z_]+\b", page.read_text())}
    assert not {(page, name) for page, name in named if name not in VARIABLES}


def test_documentation_links_lead_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())]
    assert not [
        (where(page), link) for page, link in links if not link.startswith(ELSEWHERE) and not (page.parent / link).exists()
    ]


def test_test_modules_have_names_of_their_own() -> None:
    """pytest imports them by their bare names."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert not [name for name, count in names.items() if count > 1]


def test_finance_opens_no_file() -> None:
    opening = re.compile(r"\.(read_text|read_bytes|write_text|write_bytes)\(|\bopen\(")
    assert [where(path) for path in sources("hub/finance") if opening.search(path.read_text())] == []


def test_every_vendor_is_kept_apart_from_the_others() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    apart = next(contract["modules"] for contract in contracts if contract["name"] == "vendors apart")
    folders = [path.parent for room in ("connectors", "mappings") for path in (ROOT / room).glob("*/__init__.py")]
    vendors = {where(folder).replace("/", ".") for folder in folders} - {"connectors.kit", "mappings.entities"}
    assert set(apart) == vendors
