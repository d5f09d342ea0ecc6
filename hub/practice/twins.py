"""Practice systems: which there are, what they are filled with, where they answer. Each runs in a process of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.kit import registry
from connectors.kit.contract import Served
from connectors.kit.practice import World
from hub import home as homes
from hub.practice.customer_rows import NAME_LIMIT
from hub.practice.customers import CustomersError, from_csv, invented
from hub.practice.story.world import world as story
from hub.supervising import Role
from hub.words import Problem, Problems

CUSTOMERS = 122
ROLES = ("billing", "crm", "marketing", "support", "product")


@dataclass(frozen=True, slots=True)
class Base:
    """The customers that every practice system is filled with: of a CSV, invented, or those of the story."""

    seed: int
    today: date
    customers: Path | None = None
    count: int | None = CUSTOMERS  # None: the story's

    @property
    def tells_story(self) -> bool:
        return self.customers is None and self.count is None

    def world(self) -> World:
        """Raises Problem, naming the rows that cannot be read."""
        if self.customers is None:
            return story(self.seed, self.today) if self.count is None else invented(self.count, self.seed, self.today)
        file = str(self.customers)
        try:
            return from_csv(self.customers, self.seed, self.today)
        except CustomersError as error:
            rows = [
                Problem(f"customers_{bad.code}", file=file, row=bad.row, found=bad.found, limit=NAME_LIMIT)
                for bad in error.problems
            ]
            raise Problems("customers_unusable", rows) from error
        except OSError as error:
            raise Problem("file_unreadable", path=file, why=error.strerror) from error


@dataclass(frozen=True, slots=True)
class Spec:
    """One practice system: what it holds (rows of a file as they stand, else the base told its vendor's way), where, how fast.

    `hurried`: the waits that its vendor makes people wait are shortened.
    """

    name: str
    home: Path
    base: Base
    data: Path | None = None
    speed: float = 1.0
    hurried: bool = False

    def role(self, log: Path | None = None) -> Role:
        """Its process; it comes back at the same address with what it held."""
        return Role(f"twin {self.name}", "hub.practice.twin", (json.dumps(asdict(self), default=str),), log=log)

    @classmethod
    def read(cls, text: str) -> Spec:
        told = json.loads(text)
        base = told["base"]
        customers = None if base["customers"] is None else Path(base["customers"])
        made = Base(base["seed"], date.fromisoformat(base["today"]), customers, base["count"])
        data = None if told["data"] is None else Path(told["data"])
        return cls(told["name"], Path(told["home"]), made, data, told["speed"], told["hurried"])


def offered() -> list[str]:
    """Connectors that have a twin."""
    return list(titles())


def titles() -> dict[str, str]:
    """As their vendors write themselves, by connector: billing first, then the CRM, support and the product."""
    found = {plugin.name: plugin.connector.facts for plugin in registry.discover().all() if plugin.twin is not None}
    return {name: found[name].title for name in sorted(found, key=lambda name: (_rank(found[name].roles), name))}


def _rank(roles: frozenset[str]) -> int:
    return min((ROLES.index(role) for role in roles if role in ROLES), default=len(ROLES))


def room(home: Path, name: str) -> Path:
    """A twin's own folder: its rows, its writes, its request log."""
    return home / "twins" / name


def make_ready(home: Path, names: Sequence[str], *, resume: bool = False) -> None:
    """Forgets what these twins held, unless they go on with it, and that they answered; their ports are remembered."""
    homes.make(home / "twins")
    for name in names:
        if not resume:
            shutil.rmtree(room(home, name), ignore_errors=True)
        if _address_file(home, name).exists():
            _address_file(home, name).replace(_last_file(home, name))


def write_address(home: Path, served: Served) -> None:
    """Readable by its owner alone: it holds the practice system's token."""
    draft = _address_file(home, served.name).with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(told(served)))
    draft.replace(_address_file(home, served.name))


def told(served: Served) -> dict[str, Any]:
    """As `hub twins serve --json` says it."""
    return {"name": served.name, "url": served.url, "config": served.config, "webhook_secret": served.webhook_secret}


def address(home: Path, name: str) -> Served:
    """Where the twin `name` of this HUB_HOME answers. Raises Problem `twin_not_running`."""
    try:
        found = json.loads(_address_file(home, name).read_bytes())
    except FileNotFoundError:
        raise Problem("twin_not_running", connector=name) from None
    return Served(found["name"], found["url"], found["config"], found["webhook_secret"])


def last_port(home: Path, name: str) -> int:
    """Where this twin answered before, so that connections stay true; 0 if it never did."""
    for file in (_address_file(home, name), _last_file(home, name)):
        with suppress(OSError, ValueError):
            return urlsplit(json.loads(file.read_bytes())["url"]).port or 0
    return 0


def _address_file(home: Path, name: str) -> Path:
    return home / "twins" / f"{name}.json"


def _last_file(home: Path, name: str) -> Path:
    return home / "twins" / f"{name}.last"


def read_data(file: Path) -> Mapping[str, list[dict[str, Any]]]:
    """Object names with their rows, in the vendor's shape. Raises Problem."""
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise Problem("file_unreadable", path=str(file), why=error.strerror) from error
    except ValueError as error:
        raise Problem("file_not_json", path=str(file), why=str(error)) from None
    rows = list(data.values()) if isinstance(data, dict) else [None]
    if not all(isinstance(each, list) and all(isinstance(row, dict) for row in each) for each in rows):
        raise Problem("twin_data_shape", path=str(file))
    for object, each in data.items():
        for number, row in enumerate(each, 1):
            if row.get("id") in (None, ""):
                raise Problem("twin_data_row", path=str(file), object=object, row=number)
    return dict(data)
