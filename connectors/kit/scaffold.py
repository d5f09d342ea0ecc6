"""Writes a new connector that passes its tests at once: connector, twin, practice data, mapping, README, checklist, tests."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

FILES = {
    "connectors/{name}/__init__.py": "init.py",
    "connectors/{name}/connector.py": "connector.py",
    "connectors/{name}/twin.py": "twin.py",
    "connectors/{name}/seed.py": "seed.py",
    "connectors/{name}/README.md": "readme.md",
    "connectors/{name}/quality.yaml": "quality.yaml",
    "mappings/{name}/__init__.py": "mapping_init.py",
    "mappings/{name}/companies.yaml": "mapping.yaml",
    "tests/connectors/test_{name}.py": "test.py",
}


class Refused(Exception):
    """`code`: not_a_name, taken (`path`), not_a_checkout (`path`). Nothing was written."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, data)
        self.code, self.data = code, data


def scaffold(name: str, root: Path) -> list[Path]:
    """Write connector `name` into the checkout at `root`; returns the files. Raises `Refused` before it writes anything."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name) or name == "kit":
        raise Refused("not_a_name", name=name)
    if not (root / "connectors" / "kit").is_dir():
        raise Refused("not_a_checkout", path=str(root))
    targets = {root / path.format(name=name): template for path, template in FILES.items()}
    for folder in (root / "connectors" / name, root / "mappings" / name):
        if folder.exists():
            raise Refused("taken", path=str(folder))
    for target in targets:
        if target.exists():
            raise Refused("taken", path=str(target))
    words = _words(name)
    for target, template in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_template(template).substitute(words), encoding="utf-8")
    return list(targets)


def _words(name: str) -> dict[str, str]:
    parts = name.split("_")
    host = "-".join(parts)
    return {
        "name": name,
        "NAME": name.upper(),
        "Name": "".join(part.capitalize() for part in parts),
        "title": " ".join(part.capitalize() for part in parts),
        "host": host,
        "page": f"https://developers.{host}.example/api",
    }


def _template(name: str) -> Template:
    file = resources.files("connectors.kit").joinpath("templates", f"{name}.tmpl")
    return Template(file.read_text(encoding="utf-8"))
