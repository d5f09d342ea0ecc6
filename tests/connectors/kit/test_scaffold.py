"""`hub new-connector`: what it writes is green at once, in a checkout of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.kit.scaffold import Refused, scaffold

HERE = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for part in ("connectors", "mappings"):
        shutil.copytree(HERE / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "connectors").mkdir(parents=True)
    shutil.copy(HERE / "pyproject.toml", tmp_path)
    return tmp_path


def run(checkout: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["a1", "zoom_like_vendor"])
def test_a_new_connector_is_green_at_once(checkout: Path, name: str) -> None:
    written = scaffold(name, checkout)
    assert len(written) == 9
    run(checkout, "pytest", f"tests/connectors/test_{name}.py", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    ours = [f"connectors/{name}", f"tests/connectors/test_{name}.py"]
    run(checkout, "ruff", "check", *ours)
    run(checkout, "ruff", "format", "--check", *ours)


@pytest.mark.parametrize("name", ["", "Acme", "1st", "a-b", "a__b", "a_", "class", "kit", "../evil", "a b", "é"])
def test_what_is_no_name_is_refused(checkout: Path, name: str) -> None:
    with pytest.raises(Refused) as caught:
        scaffold(name, checkout)
    assert caught.value.code == "not_a_name"


def test_nothing_is_overwritten(checkout: Path) -> None:
    test = checkout / "tests" / "connectors" / "test_acme.py"
    test.write_text("# mine")
    with pytest.raises(Refused) as caught:
        scaffold("acme", checkout)
    assert caught.value.code == "taken"
    assert test.read_text() == "# mine"
    assert not (checkout / "connectors" / "acme").exists()


def test_only_in_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        scaffold("acme", tmp_path)
    assert caught.value.code == "not_a_checkout"
