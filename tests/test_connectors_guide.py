"""docs/connectors.md is executed: Acme is built from the page, passes the suite, and its people are read into a real hub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import SLACK, until, using

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "connectors.md").read_text()
FILE = re.compile(r"^`([^`]+)`[^\n]*:\n\n```(?:python|yaml) (\S+?)(#below)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PARTS = ("connectors", "mappings", "conflict", "hub", "scheduler")


def files() -> dict[str, str]:
    """The files of the page by name; what stands in several blocks is joined, and what goes below a class goes below it."""
    above, below = defaultdict(list), defaultdict(list)
    for named, file, under, text in FILE.findall(PAGE):
        assert named == file, "what the reader sees is what is built"
        (below if under else above)[file].append(text)
    return {file: "\n\n".join(["\n".join(texts), *below[file]]) for file, texts in above.items()}


class Checkout:
    """A copy of the program with Acme in it, and the words `hub` and `python` of this very environment."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.environment = {"PATH": f"{folder / 'bin'}:{os.defpath}", "PYTHONPATH": str(folder), "HUB_HOME": str(home)}
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "tests" / "connectors").mkdir(parents=True)
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / "bin").mkdir()
        for name, program in (("hub", f"{sys.executable} -m hub.cli"), ("python", sys.executable)):
            (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
            (folder / "bin" / name).chmod(0o755)

    def run(self, script: str) -> str:
        command = ["bash", "-e", "-c", script]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=200 * SLACK, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """After `hub new-connector acme`, its files replaced by those of the page."""
    home = Path(os.environ["CONCORD_TEST_HOME"]) / "guide"  # where PostgreSQL's user can enter
    made = Checkout(tmp_path_factory.mktemp("guide") / "checkout", home)
    made.run("hub new-connector acme && rm mappings/acme/companies.yaml")
    for file, text in files().items():
        (made.folder / file).write_text(text)
    yield made
    until(lambda: not using(home), 20, "everything ended")


def test_the_page_holds_a_whole_connector() -> None:
    built = {Path(file).parent.as_posix() for file in files()}
    assert built == {"connectors/acme", "mappings/acme", "tests/connectors"}
    blocks = re.findall(r"^```(?:python|yaml)", PAGE, re.MULTILINE)
    assert len(blocks) == len(FILE.findall(PAGE)), "each block says to the reader where it belongs"


def test_acme_passes_the_suite_and_its_own_tests(checkout: Checkout) -> None:
    said = checkout.run("python -m pytest tests/connectors/test_acme.py -q -p no:cacheprovider -p no:xdist")
    assert "passed" in said or "100%" in said


def test_acme_is_written_as_the_house_writes(checkout: Checkout) -> None:
    ours = "connectors/acme mappings/acme tests/connectors/test_acme.py"
    checkout.run(f"python -m ruff check {ours} && python -m ruff format --check {ours}")
    checkout.run("python -m mypy -p connectors.acme -p mappings.acme")


def test_its_people_are_read_into_a_real_hub(checkout: Checkout) -> None:
    customers = checkout.folder / "customers.csv"
    customers.write_text("name\nPolite Cactus\nWobbly Teapot\n")
    with checkout.start("hub", "twins", "serve", "acme", "--customers", str(customers), "--json") as twin:
        try:
            assert twin.stdout is not None
            assert json.loads(twin.stdout.readline())["name"] == "acme"
            said = checkout.run(dict(SHELL.findall(PAGE))["with-acme"])
            assert "given_name" in said
            contacts = [json.loads(line) for line in checkout.run("hub records contact --json").splitlines()]
            accounts = [json.loads(line) for line in checkout.run("hub records account --json").splitlines()]
        finally:
            twin.terminate()
    [linked] = contacts[0]["links"]
    assert (linked["connection"], linked["object"]) == ("acme", "people")
    assert contacts[0]["values"]["email"].endswith(".example")
    assert {each["values"]["name"].title() for each in accounts} == {"Polite Cactus", "Wobbly Teapot"}
    assert all(isinstance(each["values"]["employees"], int) for each in accounts)
