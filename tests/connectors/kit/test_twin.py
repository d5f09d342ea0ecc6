"""The twin's own promises: real HTTP, faults by name, a log that tells, a state that survives its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.kit.faults import GENERIC, Fault, Faults
from connectors.kit.playing import _leaves
from connectors.kit.twin import Twin, TwinClock, serve, stop

START = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE = {"people": [{"id": "p1", "name": "Ann", "age": 30, "status": "active"}]}


class Small(Twin):
    name = "small"
    objects = ("people",)
    faults = GENERIC | {Fault.IGNORE_WRITE, Fault.DUPLICATE_WEBHOOK}

    def route(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            if self.hit(Fault.IGNORE_WRITE):
                return httpx.Response(200, json={"id": "ignored"})
            row = json.loads(request.content)
            return httpx.Response(200, json=self.create("people", **row, at=self.clock.now().isoformat()))
        if request.url.path == "/bug":
            raise KeyError("a bug in the twin")
        return httpx.Response(200, json={"people": list(self.table("people").values())})

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        return httpx.Request("POST", url, json={"object": object, "id": id, "action": action})


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    served = serve(Small(clock=TwinClock(START, speed=0), data=PEOPLE))
    with httpx.Client(base_url=served.url) as client:
        yield client
    stop(served)


def control(client: httpx.Client, command: str, /, **said: Any) -> Any:
    answer = client.post(f"/_twin/{command}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_serves_and_logs(client: httpx.Client) -> None:
    client.get("/v1/people", params={"limit": 5})
    client.post("/v1/people", json={"name": "Bob"}, headers={"Idempotency-Key": "k1"})
    first, second = client.get("/_twin/log").json()
    assert (first["n"], first["method"], first["path"], first["query"], first["status"]) == (
        1,
        "GET",
        "/v1/people",
        "limit=5",
        200,
    )
    assert (second["n"], second["key"], json.loads(second["body"])) == (2, "k1", {"name": "Bob"})
    assert client.get("/_twin/log", params={"since": 1}).json() == [second]


def test_people_see_a_page(client: httpx.Client) -> None:
    answer = client.get("/", headers={"accept": "text/html"})
    assert "practice Small" in answer.text
    assert client.get("/_twin/log").json() == []


def test_the_screen_and_reset(client: httpx.Client) -> None:
    assert control(client, "edit", object="people", id="p1", changes={"name": "Anna"})["name"] == "Anna"
    made = control(client, "create", object="people", row={"name": "Cy"})
    assert client.get("/_twin/state", params={"object": "people"}).json().keys() == {"p1", made["id"]}
    control(client, "delete", object="people", id=made["id"])
    control(client, "reset")
    assert client.get("/_twin/state").json() == {"people": {"p1": PEOPLE["people"][0]}}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("edit", {"object": "people", "id": "nobody"}),
        ("faults", {"name": "no_such_fault"}),
        ("faults", {"name": "lag"}),
        ("faults", {"name": "html", "match": "("}),
        ("clock", {"advance": "soon"}),
    ],
)
def test_a_wrong_command_is_told(client: httpx.Client, name: str, said: dict[str, Any]) -> None:
    answer = client.post(f"/_twin/{name}", json=said)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_unknown_command_is_told(client: httpx.Client) -> None:
    assert client.get("/_twin/nothing").status_code == 404


def test_a_bug_in_a_twin_is_seen(client: httpx.Client) -> None:
    assert "a bug in the twin" in client.get("/bug").json()["twin_error"]


def test_faults_are_used_up_and_matched(client: httpx.Client) -> None:
    control(client, "faults", name="server_error", times=2, match="^GET /v1/people$")
    assert [client.get(path).status_code for path in ("/other", "/v1/people", "/v1/people", "/v1/people")] == [
        200,
        503,
        503,
        200,
    ]
    assert client.get("/_twin/faults").json()["armed"] == []


@pytest.mark.parametrize(
    ("fault", "applied", "answered"),
    [
        (Fault.DROP_BEFORE, False, False),
        (Fault.DROP_AFTER_APPLY, True, False),
        (Fault.ERROR_AFTER_APPLY, True, True),
        (Fault.SERVER_ERROR, False, True),
        (Fault.HTML, False, True),
        (Fault.TRUNCATED, True, True),
    ],
)
def test_what_a_fault_leaves_behind(client: httpx.Client, fault: Fault, applied: bool, answered: bool) -> None:
    control(client, "faults", name=fault)
    try:
        client.post("/v1/people", json={"name": "Bob"})
        heard = True
    except httpx.RemoteProtocolError:
        heard = False
    (entry,) = client.get("/_twin/log").json()
    assert heard is answered
    assert (entry["status"] != 0) is answered
    assert entry["applied"] is applied
    assert entry["fault"] == fault
    assert len(client.get("/_twin/state").json()["people"]) == 1 + applied


def test_spoiled_answers(client: httpx.Client) -> None:
    said = {}
    for fault in (Fault.NAN, Fault.UNKNOWN_ENUM, Fault.HUGE_FIELD, Fault.TRUNCATED):
        control(client, "faults", name=fault)
        said[fault] = client.get("/v1/people").text
    assert "NaN" in said[Fault.NAN]
    assert json.loads(said[Fault.UNKNOWN_ENUM])["people"][0]["status"] == "zz_unknown"
    assert len(said[Fault.HUGE_FIELD]) > 10_000_000
    with pytest.raises(ValueError, match=r".+"):
        json.loads(said[Fault.TRUNCATED])


def test_webhooks_come_signed_and_sometimes_twice(client: httpx.Client) -> None:
    control(client, "webhooks", url="http://127.0.0.1:9/hook")
    control(client, "edit", object="people", id="p1", changes={"name": "Anna"})
    control(client, "faults", name="duplicate_webhook")
    control(client, "edit", object="people", id="p1", changes={"name": "Annie"})
    sent = client.get("/_twin/webhooks").json()["sent"]
    assert [json.loads(each["body"])["action"] for each in sent] == ["update"] * 3


def test_the_clock_is_lent(client: httpx.Client) -> None:
    assert control(client, "clock", advance=90)["now"] == "2026-03-02T00:01:30+00:00"
    assert control(client, "clock", now="2027-01-01T00:00:00+00:00")["now"] == "2027-01-01T00:00:00+00:00"


def test_time_runs_at_its_speed() -> None:
    clock = TwinClock(START, speed=1_000_000.0)
    first = clock.now()
    while clock.now() == first:
        pass
    assert clock.now() > first


def test_the_same_seed_mints_the_same_ids() -> None:
    assert Small(seed=1).mint("cus", "a", 1) == Small(seed=1).mint("cus", "a", 1)
    assert len({Small(seed=seed).mint("cus", part) for seed in (1, 2) for part in "ab"}) == 4


def test_a_stopped_twin_releases_everybody() -> None:
    served = serve(Small(data=PEOPLE))
    held = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))
    held.sendall(b"GET /v1/people HTTP/1.1\r\nhost: x\r\n\r\n")
    assert held.recv(15) == b"HTTP/1.1 200 OK"
    stop(served)
    held.settimeout(5)
    while held.recv(65_536):
        pass
    held.close()


Step = tuple[str, str]
STEPS = st.lists(st.sampled_from(["post", "edit", "delete", "lost", "ignored", "clock"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_state_is_a_fold_of_start_and_writes(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    """A second twin on the same folder stands where the first one stood, whatever was done, and whatever fault it met."""
    home = tmp_path_factory.mktemp("twin")
    twin = Small(clock=TwinClock(START, speed=0), data=PEOPLE)
    twin.keep(home)
    for step in steps:
        _do(twin, step)
    again = Small(clock=TwinClock(START, speed=0))
    again.keep(home)
    assert again.tables == twin.tables
    assert again.log.entries == twin.log.entries


def _do(twin: Twin, step: str) -> None:
    if step in {"lost", "ignored"}:
        twin.armed.arm(Fault.DROP_AFTER_APPLY if step == "lost" else Fault.IGNORE_WRITE)
    said: dict[str, Any] = {
        "object": "people",
        "id": min(twin.table("people"), default="p1"),
        "changes": {"name": step},
        "advance": 7,
    }
    path = {"post": "/v1/people", "lost": "/v1/people", "ignored": "/v1/people"}.get(step, f"/_twin/{step}")
    twin.answer(httpx.Request("POST", f"http://twin{path}", json={"name": step} if path == "/v1/people" else said))


def test_reset_begins_anew(tmp_path: Path) -> None:
    twin = Small(clock=TwinClock(START, speed=0), data=PEOPLE)
    twin.keep(tmp_path)
    _do(twin, "post")
    twin.reset()
    again = Small(clock=TwinClock(START, speed=0))
    again.keep(tmp_path)
    assert again.tables == {"people": {"p1": PEOPLE["people"][0]}}


def test_another_seed_is_refused(tmp_path: Path) -> None:
    Small(seed=1, data=PEOPLE).keep(tmp_path)
    with pytest.raises(ValueError, match="seed 1 was used here"):
        Small(seed=2).keep(tmp_path)


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_twin import PEOPLE, Small
from connectors.kit.serving import main
twin = Small(data=PEOPLE)
twin.keep(Path(sys.argv[1]))
raise SystemExit(main([twin], lambda served: print(served.url, flush=True)))
"""


def started(home: Path, request: pytest.FixtureRequest) -> tuple[subprocess.Popen[str], str]:
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": str(here.parents[2])}
    command = [sys.executable, "-c", PROGRAM, str(home), str(here)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    for ending in (process.stdout.close, process.wait, process.kill):  # run from the last
        request.addfinalizer(ending)
    return process, process.stdout.readline().strip()


def test_kill_minus_nine_loses_nothing_and_ctrl_c_ends_it(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    process, url = started(tmp_path, request)
    made = httpx.post(f"{url}/v1/people", json={"name": "Bob"}).json()
    process.kill()
    process.communicate()
    process, url = started(tmp_path, request)
    assert made in httpx.get(f"{url}/v1/people").json()["people"]
    assert len(httpx.get(f"{url}/_twin/log").json()) == 2
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 0


@given(st.lists(st.tuples(st.sampled_from(sorted(GENERIC)), st.integers(1, 3)), max_size=6))
def test_every_armed_fault_is_played_as_often_as_asked(armed: list[tuple[Fault, int]]) -> None:
    faults = Faults()
    for fault, times in armed:
        faults.arm(fault, times=times)
    played = []
    while (taken := faults.take(GENERIC, "GET /")) is not None:
        played.append(taken.fault)
    assert played == [fault for fault, times in armed for _ in range(times)]


@given(
    st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
)
def test_leaves_are_found_once_each(body: Any) -> None:
    leaves = list(_leaves(body))
    assert len({(id(holder), key) for holder, key in leaves}) == len(leaves)
    assert all(not isinstance(holder[key], dict | list) for holder, key in leaves)
