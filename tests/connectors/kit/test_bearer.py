"""Tokens on the way out: on every call of every face, renewed ahead of time and once after a 401, told to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rotating import FIRST, LIFE, Renewal, Rotating

from connectors.kit.bench import Bench
from connectors.kit.calls import Ask, Bounds
from connectors.kit.contract import Tokens
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Stale, Unclear, VendorError
from connectors.kit.faults import Fault
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.oauth import BRISK, Held, InMemory, brisk
from connectors.kit.twin import TwinClock, serve, stop

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Lent:
    """A rotating vendor, served, and the way to it."""

    def __init__(self) -> None:
        self.twin = Rotating(clock=TwinClock(NOW, speed=0))
        self.served = serve(self.twin)
        self.url = self.served.url
        self.host = self.url.partition("://")[2]
        self.bench = Bench(self.twin.clock)
        self.store = InMemory(self.bench.now, FIRST)
        self.lendings: list[Lending] = []
        self.lending = self.another()

    def another(self, renew: Callable[[str | None], Tokens] | None = None, **more: Any) -> Lending:
        """Another worker's: the store is shared."""
        lending = Lending(self.bench, Guard(frozenset({self.host})), tokens=self.store)
        self.lendings.append(lending)
        lending.bearer(renew or Renewal(lending, self.url), **more)
        return lending

    def status(self, path: str = "/things", lending: Lending | None = None) -> int:
        return (lending or self.lending).send(Ask("GET", self.url + path, [])).status

    def asked(self) -> list[str]:
        return [entry.path for entry in self.twin.log.entries]


@pytest.fixture
def lent() -> Iterator[Lent]:
    made = Lent()
    yield made
    for lending in made.lendings:
        lending.close()
    stop(made.served)


def by_httpx(lent: Lent) -> Any:
    with lent.lending.http(base_url=lent.url, headers={"authorization": "Basic ours"}) as client:
        return client.get("/open").json()


def by_requests(lent: Lent) -> Any:
    session = lent.lending.requests_session()
    session.auth = ("an SDK's own", "idea")
    return session.get(lent.url + "/open").json()


def by_urllib3(lent: Lent) -> Any:
    return lent.lending.urllib3_pool().request("GET", lent.url + "/open", headers={"Authorization": "Bearer dummy"}).json()


@pytest.mark.parametrize("face", [by_httpx, by_requests, by_urllib3])
def test_every_face_carries_the_token_and_nothing_else(lent: Lent, face: Callable[[Lent], Any]) -> None:
    assert face(lent) == {"authorization": f"Bearer {lent.twin.access}"}
    assert lent.asked() == ["/oauth/tokens", "/open"]


def test_the_calls_of_a_renewal_carry_none(lent: Lent) -> None:
    assert lent.status() == 200  # the twin itself refuses a token there
    assert lent.twin.renewals == 1


def test_one_token_serves_until_a_minute_before_its_end(lent: Lent) -> None:
    lent.status()
    lent.twin.clock.advance(LIFE - 61)
    assert lent.status() == 200
    assert lent.twin.renewals == 1
    lent.twin.clock.advance(2)
    assert lent.status() == 200
    assert lent.twin.renewals == 2
    assert lent.asked() == ["/oauth/tokens", "/things", "/things", "/oauth/tokens", "/things"]


def test_a_401_is_one_renewal_and_one_more_try(lent: Lent) -> None:
    lent.status()
    lent.twin.revoke()
    assert lent.status() == 200
    assert lent.twin.renewals == 2
    assert lent.asked()[2:] == ["/things", "/oauth/tokens", "/things"]


def test_a_vendor_that_refuses_new_tokens_too_is_asked_no_more(lent: Lent) -> None:
    lent.status()
    lent.twin.armed.arm(Fault.UNAUTHORISED, times=99, match="/things")
    with pytest.raises(AuthFailed) as raised:
        lent.status()
    assert raised.value.code == "token_refused"
    assert lent.twin.renewals == 2
    assert lent.asked()[2:] == ["/things", "/oauth/tokens", "/things"]


def test_another_workers_new_token_is_taken_and_nobody_is_asked(lent: Lent) -> None:
    second = lent.another()
    lent.status()
    lent.status(lending=second)
    lent.twin.revoke()
    lent.status()
    assert lent.status(lending=second) == 200
    assert lent.twin.renewals == 2


def test_another_workers_token_that_is_spent_as_well_is_no_reason_to_give_up(lent: Lent) -> None:
    second = lent.another()
    lent.status(lending=second)
    lent.twin.revoke()
    lent.status()
    lent.twin.revoke()
    assert lent.status(lending=second) == 200
    assert lent.twin.renewals == 3


def test_many_threads_one_renewal(lent: Lent) -> None:
    for expiry in range(1, 6):
        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(lambda _: lent.status(), range(32))) == [200] * 32
        assert (lent.twin.renewals, lent.twin.reuses) == (expiry, 0)
        lent.twin.revoke() if expiry % 2 else lent.twin.clock.advance(LIFE)


def test_a_spent_refresh_token_means_that_a_person_connects_again(lent: Lent) -> None:
    lent.status()
    lent.store._refresh = FIRST
    lent.twin.revoke()
    with pytest.raises(AuthFailed) as raised:
        lent.status()
    assert (raised.value.code, raised.value.data) == ("reconnect", {"why": "invalid_grant"})
    assert FIRST not in str(raised.value)


def test_only_the_named_hosts_see_the_token(lent: Lent) -> None:
    """A signed address of a file refuses two ways of signing in at once, and is somebody else's machine."""
    named = lent.another(hosts=["api.example"])
    with named.http(base_url=lent.url, headers={"authorization": "own"}) as client:
        assert client.get("/open").json() == {"authorization": "own"}
    assert lent.twin.renewals == 0
    for hosts in ([lent.host.upper()], ["127.0.0.1"]):
        named = lent.another(hosts=hosts)
        assert lent.status(lending=named) == 200


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Unclear("no_answer", why="X", said=FIRST), Retry("no_answer")),
        (Retry("rate_limited", after=7.0, status=429, said=FIRST), Retry("rate_limited", status=429)),
        (Rejected("invalid", message=FIRST, status=400), AuthFailed("reconnect", why="invalid", status=400)),
        (Gone("not_found"), AuthFailed("reconnect", why="not_found")),
        (Stale("moved"), AuthFailed("reconnect", why="moved")),
    ],
)
def test_a_write_that_waited_for_a_token_was_never_sent(lent: Lent, failure: VendorError, told: VendorError) -> None:
    """So it is neither unclear nor refused, whatever became of the renewal."""

    def renew(refresh: str | None) -> Tokens:
        raise failure

    lending = lent.another(renew)
    with pytest.raises(VendorError) as raised:
        lending.send(Ask("POST", lent.url + "/things", []))
    assert type(raised.value) is type(told)
    assert (raised.value.code, raised.value.data) == (told.code, told.data)
    assert lent.asked() == []
    if isinstance(failure, Retry):
        assert isinstance(raised.value, Retry)
        assert raised.value.after == 7.0


def test_a_lost_answer_of_the_token_endpoint_is_not_asked_for_again(lent: Lent) -> None:
    """The refresh token may be spent: a second try with it would look like a thief's."""
    lent.twin.armed.arm(Fault.DROP_AFTER_APPLY, match="/oauth/tokens")
    with pytest.raises(Retry, match="no_answer"):
        lent.status()
    assert lent.asked() == ["/oauth/tokens"]


def test_a_renewal_is_short(lent: Lent) -> None:
    bounds: list[Bounds | None] = []
    send = lent.lending._send
    lent.lending._send = lambda ask: (bounds.append(ask.bounds), send(ask))[1]  # type: ignore[method-assign, assignment]  # looks at it, then passes it on
    lent.status()
    assert bounds == [brisk(lent.bench.bounds), None]


@given(st.builds(Bounds, st.floats(0.1, 99), st.floats(0.1, 99), st.floats(0.1, 999), st.integers(1, 9**9), st.integers(1, 9)))
def test_a_renewal_is_never_longer_than_a_call(bounds: Bounds) -> None:
    for name in ("connect", "read", "total", "size", "tries", "patience", "queue"):
        assert getattr(brisk(bounds), name) == min(getattr(bounds, name), getattr(BRISK, name))


@given(st.integers(-10, 10_000), st.integers(0, 20_000))
def test_a_token_is_due_shortly_before_its_end_and_never_at_once(life: int, age: int) -> None:
    held = Held("x", NOW, NOW + timedelta(seconds=life))
    due = held.due(NOW + timedelta(seconds=age))
    if life <= 0:
        assert not due  # told by mistake: a 401 will tell better
    elif age >= life:
        assert due
    elif age < life / 2:
        assert not due
    assert not Held("x", NOW, None).due(NOW + timedelta(seconds=age))


def test_tokens_are_hidden_before_anything_is_noted(lent: Lent) -> None:
    lent.status()
    assert lent.bench.hidden == {FIRST, lent.twin.access, lent.twin.refresh}
    assert lent.twin.access not in repr(lent.store.held())
