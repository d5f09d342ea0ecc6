"""Documentation that is true: shell blocks run, generated pages are fresh, everything has its place, commands exist."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docs_pages
import pytest
from machine import SLACK, Machine

from conflict.strategies import Reason
from hub.settings import VARIABLES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
MARKS = {"after-demo", "in-checkout", "with-acme", "with-twins"}  # with-acme: test_connectors_guide.py
FENCED = re.compile(r"^```sh(?: ([a-z-]+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A shell block of a page. `mark`: where it can be run; "" if it cannot (real accounts, containers)."""

    page: str
    mark: str
    script: str


BLOCKS = [Block(page.name, *found) for page in PAGES for found in FENCED.findall(page.read_text())]


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    made = Machine(open_folder / "home")
    yield made
    made.close()


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A folder with the commands `hub` and `python` of this very environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, program in (("hub", f"{sys.executable} -m hub.cli"), ("python", sys.executable)):
        (folder / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def run(mark: str, words: Path, home: Path, cwd: Path = ROOT) -> str:
    """Runs all blocks of that mark; returns what they said."""
    environment = {"PATH": f"{words}:{os.defpath}", "PYTHONPATH": str(cwd), "HUB_HOME": str(home)}
    said = ""
    for block in [each for each in BLOCKS if each.mark == mark]:
        command = ["bash", "-e", "-c", block.script]
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=150 * SLACK, check=False
        )
        assert done.returncode == 0, f"{block.page}: {block.script}\n{done.stdout}{done.stderr}"
        said += done.stdout
    return said


def test_the_doors_open_after_a_demo(machine: Machine, words: Path) -> None:
    demo = machine.hub("demo", "--once", seconds=150)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    said = run("after-demo", words, machine.home)
    for page_says in (
        "12000.00",
        "9600.00",
        "Wobbly Teapot Works",
        "Cardboard Comet Freight",
        "1 of 114 rows",
        "exit status 3",
    ):
        assert page_says in said


def test_the_rehearsal_with_practice_systems(machine: Machine, words: Path) -> None:
    customers = machine.home.parent / "customers.csv"
    customers.write_text("name\nPolite Cactus\nWobbly Teapot\nHollow Canoe\n")
    machine.start("twins", "serve", "--customers", str(customers))
    for name in ("stripe", "hubspot"):
        machine.twin(name)
    said = run("with-twins", words, machine.home)
    assert "it waits for you: 3" in said


def test_a_new_connector_is_green_where_the_page_says_so(machine: Machine, words: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for part in ("connectors", "mappings", "hub", "conflict"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    (checkout / "tests" / "connectors").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    assert "passed" in run("in-checkout", words, machine.home, checkout)


def test_marks_are_known() -> None:
    assert {block.mark for block in BLOCKS} - {""} == MARKS


@pytest.mark.parametrize("name", ["commands.md", "reference.md", "rooms.md"])
def test_generated_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == docs_pages.pages()[name], "run `python -m tests.docs_pages`"


def test_the_table_of_systems_is_fresh() -> None:
    text = (ROOT / "README.md").read_text()
    assert text == docs_pages.with_systems(text), "run `python -m tests.docs_pages`"


def test_every_setting_has_its_place() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text()
    assert not [name for name in VARIABLES if f"`{name}`" not in operating]


def test_every_word_that_waits_has_its_place(machine: Machine) -> None:
    import json

    done = machine.hub("status", "--json")
    whole = json.loads(done.stdout.splitlines()[-1])
    operating = (ROOT / "docs" / "operating.md").read_text()
    assert not [word for word in (*whole["waiting"], "offers", "findings") if f"| `{word}` |" not in operating]


def test_every_reason_is_told_in_words() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    assert not [reason for reason in Reason if f"`{reason}`" not in glossary]


def test_the_file_of_connections_is_usable(machine: Machine) -> None:
    operating = (ROOT / "docs" / "operating.md").read_text()
    shown = re.findall(r"^```yaml\n(.*?)^```", operating, re.MULTILINE | re.DOTALL)
    assert len(shown) == 1
    file = machine.home.parent / "connections.yaml"
    file.write_text(shown[0])
    machine.environment |= {"HUB_CONNECTIONS": str(file), "STRIPE_KEY": "rk_test_shown", "HUBSPOT_KEY": "pat-shown"}
    done = machine.hub("check", "--offline")
    assert done.returncode == 0, done.stderr


def test_every_anchor_leads_somewhere() -> None:
    lost = []
    for page in PAGES:
        for link, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", page.read_text()):
            text = (page.parent / link).read_text() if link else page.read_text()
            headings = {
                re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-")
                for each in re.findall(r"^#+ (.*)", text, re.MULTILINE)
            }
            lost += [(page.name, link, anchor)] * (anchor not in headings)
    assert not lost


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    for path in folder.glob("[0-9]*.md"):
        text = path.read_text()
        assert f"({path.name})" in listed
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences"))


def shown(command: str) -> Iterator[tuple[str, list[str]]]:
    """Every `command …` that a page shows, in words."""
    for page in PAGES:
        text = page.read_text()
        scripts = [script.replace("\\\n", " ") for _, script in FENCED.findall(text)]
        lines = [line for script in scripts for line in re.split(r"\n|&&|\|\|", script)]
        for line in [*lines, *SPAN.findall(text)]:
            if line.strip().startswith(f"{command} "):
                yield page.name, shlex.split(line.replace("…", ""), comments=True)


def test_every_command_that_is_shown_exists() -> None:
    known: dict[str, Any] = dict(docs_pages.every_command())
    wrong = []
    for page, line in shown("hub"):
        name = max((" ".join(line[:size]) for size in range(1, len(line) + 1) if " ".join(line[:size]) in known), key=len)
        options = {option for each in known[name].params for option in each.opts}
        group = hasattr(known[name], "commands") and len(line) > len(name.split())
        rest = line[len(name.split()) :]
        if (name == "hub" and rest) or (group and not rest[0].startswith("-")):
            wrong.append((page, line))
        wrong += [(page, word) for word in rest if word.startswith("--") and word not in options]
    assert not wrong


def test_every_make_target_that_is_shown_exists() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert not [(page, line) for page, line in shown("make") if line[1] not in targets]


def test_pages_that_the_code_names_are_there() -> None:
    sources = [
        path for part in ("hub", "connectors", "mappings", "conflict", "scheduler") for path in (ROOT / part).rglob("*.py")
    ]
    named = {(path.name, page) for path in sources for page in re.findall(r"`(docs/[a-z/-]+\.md)`", path.read_text())}
    assert named
    assert not [(path, page) for path, page in named if not (ROOT / page).exists()]


def test_no_place_of_a_workshop_is_named() -> None:
    place = re.compile(rf"{re.escape(str(ROOT.parent))}/|/root/|/home/[a-z]+/(?!concord)|/tmp/")
    assert not [(page.name, found) for page in PAGES for found in place.findall(page.read_text())]


def test_pictures_are_there_and_told_to_those_who_do_not_see_them() -> None:
    shown = [(page, alt, file) for page in PAGES for alt, file in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text())]
    assert shown
    for page, alt, file in shown:
        assert (page.parent / file).is_file()
        assert len(alt) > 40
