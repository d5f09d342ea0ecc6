"""The hub's side of the way out: quota, call log, allowed addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog

from connectors.kit.calls import Ask
from connectors.kit.contract import Limit
from connectors.kit.errors import Rejected, Retry, Unclear
from connectors.kit.faults import Fault
from connectors.kit.lending import Lending
from connectors.kit.twin import Running, Twin, serve, stop
from hub.chance import Chance
from hub.clock import ManualClock
from hub.transport import Quota, lend

SECRET = "sk_live_51Hx+very/secret=value"


class Echo(Twin):
    name = "echo"

    def route(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"authorization": request.headers.get("authorization")})


class Counted:
    """A quota that gives `free` calls at once, and each one after them `wait` seconds later."""

    def __init__(self, free: int, wait: float) -> None:
        self.left, self.wait, self.free = free, wait, free
        self.asked: list[tuple[str, str]] = []
        self.taken = 0

    def take(self, connection: str, limit: Limit, patience: float) -> float:
        self.asked.append((connection, limit.scope))
        wait = 0.0 if self.left else self.wait
        if wait <= patience:
            self.left = max(0, (self.left or self.free) - 1)
            self.taken += 1
        return wait


@pytest.fixture
def served() -> Iterator[Running]:
    running = serve(Echo())
    yield running
    stop(running)


def lent(
    served: Running, limits: Sequence[Limit] = (), quota: Quota | None = None, clock: ManualClock | None = None
) -> Lending:
    return lend(
        "crm",
        limits,
        reads=r"/search$",
        secrets=[SECRET],
        allow=frozenset({served.url.partition("://")[2]}),
        clock=clock or ManualClock(datetime(2026, 3, 2, tzinfo=UTC)),
        chance=Chance(7),
        quota=quota,
    )


def logged(lending: Lending, url: str, method: str = "GET", headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    with structlog.testing.capture_logs() as entries:
        try:
            lending.send(Ask(method, url, list((headers or {}).items())))
        except (Retry, Unclear, Rejected) as error:
            entries.append({"raised": str(error)})
    lending.close()
    return [dict(entry) for entry in entries]


def test_each_try_is_logged_once(served: Running) -> None:
    served.twin.armed.arm(Fault.SERVER_ERROR)
    first, second = logged(lent(served), served.url + "/v1/companies?limit=5")
    assert (first["event"], first["connection"], first["method"], first["target"]) == (
        "vendor_call",
        "crm",
        "GET",
        "/v1/companies?limit=5",
    )
    assert (first["status"], second["status"], second["error"]) == (503, 200, None)
    assert second["received"] > 0


def test_a_lost_call_is_logged_with_its_error(served: Running) -> None:
    served.twin.armed.arm(Fault.DROP_AFTER_APPLY)
    lost, raised = logged(lent(served), served.url + "/v1/companies", "POST")
    assert (lost["status"], lost["error"]) == (None, "no_answer")
    assert raised["raised"].startswith("no_answer")


def test_no_secret_and_no_address_of_a_person_in_the_log(served: Running) -> None:
    url = f"{served.url}/v1/people/ann%40acme.example?api_key={SECRET}&q=bob@acme.example&plain={SECRET}"
    said = str(logged(lent(served), url, headers={"Authorization": f"Bearer {SECRET}"}))
    assert SECRET not in said
    assert "sk_live" not in said
    assert "acme.example" not in said
    assert "/v1/people/[email]" in said


def test_the_vendor_gets_the_secret(served: Running) -> None:
    lending = lent(served)
    with lending.http(base_url=served.url, headers={"authorization": f"Bearer {SECRET}"}) as client:
        assert client.get("/").json() == {"authorization": f"Bearer {SECRET}"}
    lending.close()


def test_waits_for_its_quota_on_the_hubs_clock(served: Running) -> None:
    clock = ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    quota = Counted(free=2, wait=5.0)
    lending = lent(served, [Limit(2, 10.0)], quota, clock)
    for _ in range(5):
        lending.send(Ask("GET", served.url + "/", []))
    assert clock.monotonic() == 10.0
    assert quota.asked == [("crm", "all")] * 5
    lending.close()


def test_waits_for_several_limits_add_up_to_our_patience(served: Running) -> None:
    """The second limit is asked with what the first one left of it."""
    quota = Counted(free=0, wait=20.0)
    lending = lent(served, [Limit(1, 60.0), Limit(1, 86_400.0, "daily")], quota)
    with pytest.raises(Retry, match="quota"):
        lending.send(Ask("GET", served.url + "/", []))
    assert quota.taken == 1
    lending.close()


def test_a_long_wait_is_the_hubs_and_nothing_is_sent(served: Running) -> None:
    quota = Counted(free=0, wait=3600.0)
    lending = lent(served, [Limit(1, 86_400.0, "daily")], quota)
    with pytest.raises(Retry) as caught:
        lending.send(Ask("POST", served.url + "/", []))
    assert (caught.value.code, caught.value.after, caught.value.quota) == ("quota", 3600.0, "daily")
    assert served.twin.log.entries == []
    assert quota.taken == 0
    lending.close()


def test_a_limit_counts_the_calls_it_names(served: Running) -> None:
    quota = Counted(free=99, wait=1.0)
    lending = lent(served, [Limit(5, 1.0, "search", match=r"^POST .*/search$"), Limit(190, 10.0)], quota)
    lending.send(Ask("POST", served.url + "/v1/x/search", []))
    lending.send(Ask("GET", served.url + "/v1/x", []))
    assert quota.asked == [("crm", "search"), ("crm", "all"), ("crm", "all")]
    lending.close()


def test_every_try_takes_its_own_turn(served: Running) -> None:
    quota = Counted(free=99, wait=1.0)
    served.twin.armed.arm(Fault.SERVER_ERROR, times=2)
    lending = lent(served, [Limit(5, 1.0)], quota)
    lending.send(Ask("GET", served.url + "/", []))
    assert len(quota.asked) == 3
    lending.close()


def test_only_the_allowed_inside_address_is_reached(served: Running) -> None:
    other = serve(Echo())
    with pytest.raises(Rejected, match="address_refused"):
        lent(served).send(Ask("GET", other.url + "/", []))
    assert other.twin.log.entries == []
    stop(other)
