"""One set of rules behind three faces: what is tried again, what is not, and what is said in the end."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.bench import Bench
from connectors.kit.calls import Answer, Ask, Bounds, retry_after
from connectors.kit.contract import Limit
from connectors.kit.errors import Rejected, Retry, Unclear, VendorError
from connectors.kit.faces import unwrapped
from connectors.kit.faults import Fault
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.transport import send
from connectors.kit.twin import Twin, TwinClock, serve, stop

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Plain(Twin):
    name = "plain"
    objects = ("things",)

    def route(self, request: httpx.Request) -> httpx.Response:
        if request.method in {"POST", "PATCH"} and not request.url.path.endswith("/search"):
            self.create("things", n=len(self.table("things")))
        seen = {"method": request.method, "path": request.url.path, "query": str(request.url.query, "ascii")}
        return httpx.Response(
            200, json={**seen, "body": request.content.decode(), "own": request.headers.get("x-own"), "made": 1}
        )


class Lent:
    def __init__(self) -> None:
        self.twin = Plain(clock=TwinClock(NOW, speed=0))
        self.served = serve(self.twin)
        self.url = self.served.url
        self.bench = Bench(self.twin.clock)
        self.lending = Lending(self.bench, Guard(frozenset({self.url.partition("://")[2]})), reads=r"/search$")

    def httpx(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        with self.lending.http(base_url=self.url, headers={"x-own": "1"}) as client:
            response = client.request(method, path, headers=headers, content=b"a=1" if method != "GET" else None)
            return response.status_code, response.json()

    def requests(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        body = "a=1" if method != "GET" else None
        response = self.lending.requests_session().request(
            method, self.url + path, data=body, headers={"x-own": "1", **(headers or {})}
        )
        return response.status_code, response.json()

    def urllib3(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        body = "a=1" if method != "GET" else None
        pool = self.lending.urllib3_pool()
        response = pool.request(method, self.url + path, body=body, headers={"x-own": "1", **(headers or {})}, timeout=1)
        return response.status, response.json()


FACES: list[Callable[..., tuple[int, Any]]] = [Lent.httpx, Lent.requests, Lent.urllib3]
each_face = pytest.mark.parametrize("face", FACES, ids=["httpx", "requests", "urllib3"])


@pytest.fixture
def lent() -> Iterator[Lent]:
    lent = Lent()
    yield lent
    stop(lent.served)
    lent.lending.close()


@each_face
def test_what_is_sent_and_what_comes_back(lent: Lent, face: Callable[..., Any]) -> None:
    status, said = face(lent, "POST", "/v1/things?b=2&c=%20x")
    assert status == 200
    assert said == {"method": "POST", "path": "/v1/things", "query": "b=2&c=%20x", "body": "a=1", "own": "1", "made": 1}
    assert lent.bench.calls == ["POST /v1/things"]


@each_face
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.RATE_LIMITED, "rate_limited"),
        (Fault.SERVER_ERROR, "server_error"),
        (Fault.ERROR_AFTER_APPLY, "server_error"),
        (Fault.DROP_BEFORE, "no_answer"),
        (Fault.DROP_AFTER_APPLY, "no_answer"),
        (Fault.HTML, "not_json"),
        (Fault.TRUNCATED, "not_json"),
        (Fault.NAN, "not_json"),
    ],
)
def test_a_read_is_tried_again_and_then_says_retry(lent: Lent, face: Callable[..., Any], fault: Fault, code: str) -> None:
    lent.twin.armed.arm(fault)
    assert face(lent, "GET", "/v1/things")[0] == 200
    assert len(lent.bench.calls) == 2
    lent.twin.armed.arm(fault, times=99)
    with pytest.raises(Retry) as caught:
        face(lent, "GET", "/v1/things")
    assert caught.value.code == code
    assert len(lent.bench.calls) == 2 + lent.bench.bounds.tries


@each_face
@pytest.mark.parametrize(
    "fault",
    [Fault.SERVER_ERROR, Fault.ERROR_AFTER_APPLY, Fault.DROP_BEFORE, Fault.DROP_AFTER_APPLY, Fault.HTML, Fault.TRUNCATED],
)
def test_a_write_without_a_key_is_never_sent_twice(lent: Lent, face: Callable[..., Any], fault: Fault) -> None:
    lent.twin.armed.arm(fault)
    with pytest.raises(Unclear):
        face(lent, "POST", "/v1/things")
    assert lent.bench.calls == ["POST /v1/things"]


@each_face
def test_a_write_with_a_key_is_tried_again(lent: Lent, face: Callable[..., Any]) -> None:
    lent.twin.armed.arm(Fault.DROP_AFTER_APPLY)
    assert face(lent, "POST", "/v1/things", {"Idempotency-Key": "k1"})[0] == 200
    assert [entry.key for entry in lent.twin.log.entries] == ["k1", "k1"]


def test_a_declared_search_is_a_read(lent: Lent) -> None:
    lent.twin.armed.arm(Fault.DROP_AFTER_APPLY)
    assert lent.httpx("POST", "/v1/things/search")[0] == 200
    assert len(lent.bench.calls) == 2


def test_a_429_was_not_applied_so_any_write_may_be_tried_again(lent: Lent) -> None:
    lent.twin.armed.arm(Fault.RATE_LIMITED, value="3")
    assert lent.httpx("POST", "/v1/things")[0] == 200
    assert 3 <= lent.bench.slept < 4


@pytest.mark.parametrize("face", FACES)
def test_a_redirect_is_not_followed(lent: Lent, face: Callable[..., Any]) -> None:
    lent.twin.armed.arm(Fault.REDIRECT_AWAY, times=9, value=lent.url + "/elsewhere")
    with pytest.raises(Retry, match="redirected"):
        face(lent, "GET", "/v1/things")
    assert [entry.path for entry in lent.twin.log.entries] == ["/v1/things"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422])
def test_refusals_are_the_connectors_to_read(status: int) -> None:
    bench = Bench(TwinClock(NOW, speed=0))
    answer = Answer(status, [("content-type", "text/html")], b"<p>no</p>")
    assert send(bench, Ask("POST", "https://api.example/x", []), lambda _: answer) is answer


def test_a_slow_answer_and_a_silent_one_end(lent: Lent) -> None:
    lent.bench.bounds = Bounds(read=0.2, total=0.2, tries=1)
    for fault, code in ((Fault.SLOW, "too_slow"), (Fault.HANG, "no_answer")):
        lent.twin.armed.arm(fault, value="0.15" if fault is Fault.SLOW else None)
        with pytest.raises(Retry, match=code):
            lent.httpx("GET", "/v1/things")


def test_an_answer_has_a_largest_size(lent: Lent) -> None:
    lent.bench.bounds = Bounds(size=1_000_000)
    lent.twin.armed.arm(Fault.HUGE_FIELD, times=9)
    with pytest.raises(Retry, match="too_large"):
        lent.httpx("GET", "/v1/things")
    assert len(lent.bench.calls) == 1


def test_a_small_packed_answer_may_not_unfold_without_end() -> None:
    server, address = _raw_server(lambda path: gzip.compress(b" " * 30_000_000 if "bomb" in path else b'{"ok": true}'))
    bench = Bench(TwinClock(NOW, speed=0), bounds=Bounds(size=1_000_000, tries=1))
    lending = Lending(bench, Guard(frozenset({address})))
    with lending.http(base_url=f"http://{address}") as client:
        assert client.get("/small").json() == {"ok": True}
        with pytest.raises(Retry, match="too_large"):
            client.get("/bomb")
    lending.close()
    server.shutdown()
    server.server_close()


def test_a_vendor_that_is_not_there() -> None:
    bench = Bench(TwinClock(NOW, speed=0))
    with pytest.raises(Retry, match="unreachable"):
        Lending(bench, Guard(frozenset({"127.0.0.1:9"}))).send(Ask("POST", "http://127.0.0.1:9/x", []))
    assert len(bench.calls) == bench.bounds.tries  # nothing was sent, so even a write may be tried again


def test_an_inside_address_is_refused_before_any_connection() -> None:
    bench = Bench(TwinClock(NOW, speed=0))
    for url in ("https://127.0.0.1/", "https://localhost/", "http://169.254.169.254/latest", "https://[::1]/"):
        with pytest.raises(Rejected, match="address_refused"):
            Lending(bench, Guard()).send(Ask("GET", url, []))


def test_the_address_that_was_checked_is_the_one_that_is_used(lent: Lent) -> None:
    """A name that points elsewhere a moment later makes no difference: it is resolved once for each connection."""
    port = int(lent.url.rpartition(":")[2])
    answers = iter([["127.0.0.1"], ["10.9.9.9"]])
    guard = Guard(frozenset({f"flips.example:{port}"}), resolve=lambda *_: next(answers))
    lending = Lending(lent.bench, guard)
    with lending.http(base_url=f"http://flips.example:{port}") as client:
        assert client.get("/v1/things").status_code == 200
        assert client.get("/v1/things").status_code == 200
    lending.close()


def test_quota_is_waited_for_by_pattern(lent: Lent) -> None:
    lent.bench.limits = [Limit(2, 10.0, "search", match=r"/search$"), Limit(100, 1.0)]
    for _ in range(5):
        lent.httpx("POST", "/v1/things/search")
    assert lent.bench.slept >= 20
    waited = lent.bench.slept
    lent.httpx("GET", "/v1/things")
    assert lent.bench.slept == waited


def test_sdk_wrapping_is_undone() -> None:
    def sdk(error: Exception) -> None:
        with unwrapped():
            try:
                raise error
            except VendorError as ours:
                raise RuntimeError("the SDK's own words") from ours

    with pytest.raises(Unclear, match="no_answer"):
        sdk(Unclear("no_answer"))
    with pytest.raises(ZeroDivisionError):
        sdk(ZeroDivisionError())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 2.5 ", 2.5),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("315360000", 3600.0),
        ("9" * 300, 3600.0),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), None),
        (format_datetime(NOW + timedelta(days=3650), usegmt=True), 3600.0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after(said: str, seconds: float | None) -> None:
    assert retry_after([("Retry-After", said)], NOW) == seconds


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_retry_after_is_bounded_whatever_is_said(said: str) -> None:
    seconds = retry_after([("retry-after", said)], NOW)
    assert seconds is None or 0 <= seconds <= 3600


@given(
    statuses=st.lists(st.sampled_from([200, 204, 301, 404, 429, 500, 503, None]), min_size=1, max_size=8),
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"]),
    key=st.booleans(),
)
def test_whatever_happens_a_write_without_a_key_is_applied_at_most_once(
    statuses: list[int | None], method: str, key: bool
) -> None:
    """None: applied, then the connection is lost. 500 and 503 may have applied it too."""
    bench = Bench(TwinClock(NOW, speed=0))
    applied: list[str] = []
    left = iter(statuses)

    def perform(ask: Ask) -> Answer:
        status = next(left, 200)
        if status is None or status in {200, 204, 500, 503}:
            applied.append(ask.method)
        if status is None:
            raise Unclear("no_answer")
        return Answer(status, [], b"")

    ask = Ask(method, "https://api.example/x", [("Idempotency-Key", "k")] if key else [])
    try:
        outcome: Any = send(bench, ask, perform)
    except VendorError as error:
        outcome = error
    assert len(bench.calls) <= bench.bounds.tries
    if method in {"POST", "PATCH"} and not key:
        assert len(applied) <= 1
        assert isinstance(outcome, Unclear) or not applied or outcome.status in {200, 204}
    if isinstance(outcome, Retry) and method in {"POST", "PATCH"}:
        assert not applied or key  # "nothing was applied" is the promise of Retry


def _raw_server(body: Callable[[str], bytes]) -> tuple[ThreadingHTTPServer, str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            packed = body(self.path)
            self.send_response(200)
            self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"127.0.0.1:{server.server_address[1]}"
