"""What every test may ask for: a migrated database of its own, Redis, settings; and what none may do: call outside."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis
from sqlalchemy import Engine

from hub import db
from hub.keeper import Services, keep
from hub.settings import Settings

HOME = "CONCORD_TEST_HOME"
TEMPLATE, TEMPLATE_LOCK = "concord_template", 770_001
SPECS = os.environ.get("HUB_VENDOR_SPECS")

hypothesis_settings.register_profile(
    "house",
    max_examples=int(os.environ.get("CONCORD_EXAMPLES", "100")),
    deadline=None,  # two shared cores: slowness of one example says nothing
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the servers of all workers; no HUB_ variable of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        home = Path(tempfile.mkdtemp(prefix="concord-tests-"))
        home.chmod(0o711)  # as root, PostgreSQL runs as another user, who must get in
        os.environ[HOME] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(HOME), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms, and what needs the vendors' specifications where there are none, run only when asked for by `-m`."""
    if config.option.markexpr:
        return
    apart = {item for item in items if item.get_closest_marker("long") or (SPECS is None and _needs_specs(item))}
    config.hook.pytest_deselected(items=list(apart))
    items[:] = [item for item in items if item not in apart]


def _needs_specs(item: pytest.Item) -> bool:
    return "vendor_specs" in getattr(item, "fixturenames", ())


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """A connection or a name outside this machine fails at once, as if there were no network."""
    patch = pytest.MonkeyPatch()
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise OSError(f"a test tried to call {address}: only this machine may be called")
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name != "localhost" and not name.replace(".", "").isdigit() and ":" not in name:
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to resolve {name}")
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The one cluster and the one Redis of this session, shared by all workers."""
    with keep(Settings(home=Path(os.environ[HOME])), durable=False) as kept:
        yield kept


@pytest.fixture(scope="session")
def cluster(services: Services) -> Iterator[psycopg.Connection]:
    """A connection that makes databases; the migrated template stands."""
    with psycopg.connect(plain(services.database_url), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", (TEMPLATE,)).fetchone() is None:
            admin.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            admin.execute(f"CREATE DATABASE {TEMPLATE}")
            db.upgrade(named(services.database_url, TEMPLATE))
            admin.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")
        admin.execute("SELECT pg_advisory_unlock(%s)", (TEMPLATE_LOCK,))
        yield admin


def plain(url: str) -> str:
    """The URL as psycopg itself takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def named(url: str, database: str) -> str:
    return url.replace("/postgres?", f"/{database}?", 1)


_numbers = count()


def make_database(cluster: psycopg.Connection, services: Services, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield named(services.database_url, name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(cluster: psycopg.Connection, services: Services) -> Iterator[str]:
    """A migrated, empty database for this test alone."""
    yield from make_database(cluster, services, TEMPLATE)


@pytest.fixture(scope="module")
def module_database_url(cluster: psycopg.Connection, services: Services) -> Iterator[str]:
    """A migrated, empty database for a module whose tests leave it as they found it."""
    yield from make_database(cluster, services, TEMPLATE)


@pytest.fixture
def bare_database_url(cluster: psycopg.Connection, services: Services) -> Iterator[str]:
    """A database without tables, for tests of migrations."""
    yield from make_database(cluster, services, "template0")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = db.engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def redis_url(services: Services) -> str:
    """An empty Redis for this test alone: each worker has a number of its own in the one server."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{services.redis_url}?db={int(worker) % 16}"
    with Redis.from_url(url) as line:
        line.flushdb()
    return url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as line:
        yield line


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Settings for this test alone, with its own HUB_HOME, database and Redis."""
    return Settings(home=tmp_path / "home", database_url=database_url, redis_url=redis_url)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can enter (pytest's own are closed), with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="concord-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def vendor_specs() -> Path:
    """The vendors' published shapes, of HUB_VENDOR_SPECS."""
    if SPECS is None:
        pytest.fail("set HUB_VENDOR_SPECS to the folder of the vendors' published specifications")
    return Path(SPECS).resolve()
