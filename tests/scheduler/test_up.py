"""`hub up` from a file of connections: read, and brought in line at each start; a port that is taken is said."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from machine import Machine, until


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    (open_folder / "customers.csv").write_text("name\nWobbly Teapot Works\n")
    made = Machine(open_folder / "home")
    made.start("twins", "serve", "stripe", "--customers", str(open_folder / "customers.csv"))
    twin = made.twin("stripe")
    file = open_folder / "connections.yaml"
    file.write_text(
        f"billing_eu:\n  connector: stripe\n  every: 1s\n  env: {{api_key: STRIPE_KEY}}\n  set: {{base_url: {twin.url!r}}}\n"
    )
    told = {"HUB_CONNECTIONS": str(file), "STRIPE_KEY": twin.config["api_key"], "HUB_ALLOW_HOSTS": urlsplit(twin.url).netloc}
    made.environment |= told
    yield made
    made.close()


def read(machine: Machine) -> bool:
    return bool(machine.ask("SELECT 1 FROM run WHERE connection = 'billing_eu' AND status = 'succeeded'"))


def test_connections_of_the_file_are_read_at_each_start_and_only_listened_to(machine: Machine) -> None:
    for _ in range(2):
        up = machine.start("up")
        until(lambda: read(machine), 40, "the connection was read")
        assert machine.stop(up) == 0
    listed = machine.hub("connections", "list", "--json")
    [row] = [json.loads(line) for line in listed.stdout.splitlines()]
    assert (row["name"], row["writes"], row["every"]) == ("billing_eu", "off", 1.0)


def test_a_port_that_is_taken_ends_everything_with_a_word(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        machine.environment["HUB_PORT"] = str(other.getsockname()[1])
        done = machine.hub("up")
    assert done.returncode == 2
    assert f"127.0.0.1:{machine.environment['HUB_PORT']}" in done.stderr


def test_a_mistake_in_the_file_is_told_before_anything_runs(machine: Machine) -> None:
    Path(machine.environment["HUB_CONNECTIONS"]).write_text("billing_eu: {connector: strip}\n")
    done = machine.hub("up")
    assert done.returncode == 2
    assert "strip" in done.stderr
