"""The suite itself: it passes a right connector, and each way to be wrong fails the test that is there for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.kit.conformance import Conformance
from connectors.kit.conformance.stage import Scene
from connectors.kit.conformance.writing import AMBIGUOUS
from connectors.kit.contract import Change, Connector, Event, Page, Record, Ref, Request
from connectors.kit.errors import AuthFailed, Retry, VendorError
from connectors.kit.faults import Fault
from connectors.kit.reading import read_json
from connectors.kit.registry import Plugin

ROWS = [
    {"id": f"co_{n:04d}", "name": f"Company {n}", "domain": f"c{n}.example", "phone": "+1 212 555 0100"} for n in range(150)
]

CAUGHT = (AssertionError, pytest.fail.Exception, KeyError, Retry)  # the last two are what wrong connectors raise themselves

Verbs = Mapping[str, Callable[..., Any]]


def suite_of(acme: Plugin, verbs: Verbs) -> Conformance:
    connector = type("Wrong", (acme.connector,), dict(verbs))
    words = {
        "connector": connector,
        "twin": acme.twin,
        "data": {"companies": ROWS},
        "object": "companies",
        "edit": {"name": "Renamed", "phone": "+1 212 555 0199"},
        "clear": {"phone": ""},
        "create": {"name": "Made here", "domain": "made.example"},
        "screen": {"name": "Typed by a person"},
        "versioned": True,
        "moves": frozenset({"rev", "updated_at", "updated_by"}),
    }
    suite: Conformance = type("Suite", (Conformance,), words)()
    return suite


def right(self: Connector) -> Any:
    return super(type(self), self)


def drops_a_record(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    for page in right(self).pull(object, cursor):
        yield replace(page, records=page.records[:-1])


def skips_ahead(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    for page in right(self).pull(object, cursor):
        yield replace(page, cursor=str(int(page.cursor) + 1))


def never_full(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    for page in right(self).pull(object, cursor):
        yield replace(page, full=False)


def clock_in_the_body(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    stamp = json.dumps({"read_at": self.lent.now().isoformat()}).encode()
    for page in right(self).pull(object, cursor):
        yield replace(page, records=[replace(record, body=stamp) for record in page.records])


def created_only(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    """The classic: incremental by creation, so that edits are never seen."""
    for page in right(self).pull(object, cursor):
        fresh = [record for record in page.records if cursor is None or int(record.id.split("_")[1]) > 150]
        yield replace(page, records=fresh)


def cursor_of_the_end(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    """Rows as they were at the start, the cursor as it is at the end."""
    *pages, last = right(self).pull(object, cursor)
    yield from pages
    yield replace(last, cursor=list(right(self).pull(object, None))[-1].cursor)


def forgets_the_key(self: Any, change: Change) -> Record:
    record: Record = right(self).push(replace(change, key=f"{change.key}-{len(self.lent._rules.calls)}"))
    return record


def forgets_the_base(self: Any, change: Change) -> Record:
    record: Record = right(self).push(replace(change, base=None))
    return record


def drops_blanks(self: Any, change: Change) -> Record:
    record: Record = right(self).push(replace(change, data={key: value for key, value in change.data.items() if value}))
    return record


def guesses_success(self: Any, change: Change) -> Record:
    try:
        record: Record = right(self).push(change)
    except VendorError:
        body = json.dumps({"id": "co_1", **change.data}).encode()
        return Record(change.object, change.id or "co_1", body)
    return record


def hands_out_the_dead(self: Any, ref: Ref) -> Record:
    from connectors.acme.connector import _record  # type: ignore[import-not-found]  # made by the fixture

    record: Record = _record(ref.object, self._ask("GET", f"/{ref.object}/{ref.id}"))
    return record


def believes_anybody(self: Any, request: Request) -> list[Event]:
    told = json.loads(request.body)
    return [Event(told["id"], told["action"], request.body, (Ref(told["object"], told["record"]),))]


def ignores_time(self: Any, request: Request) -> list[Event]:
    stamp = int(request.headers["x-acme-signature"].split(",")[0].removeprefix("t="))
    self.lent.now = lambda: __import__("datetime").datetime.fromtimestamp(stamp, __import__("datetime").UTC)
    events: list[Event] = right(self).webhook(request)
    return events


def crashes_on_refusals(self: Any, method: str, path: str, **more: Any) -> Any:
    return read_json(self._http.request(method, path, **more))["no such key"]


def tells_the_token(self: Any, method: str, path: str, **more: Any) -> Any:
    try:
        return right(self)._ask(method, path, **more)
    except AuthFailed:
        raise AuthFailed("unauthorised", sent=dict(self._http.headers)) from None


def takes_401_for_weather(self: Any, method: str, path: str, **more: Any) -> Any:
    try:
        return right(self)._ask(method, path, **more)
    except AuthFailed:
        raise Retry("unauthorised") from None


def goes_round_the_lender(self: Any, method: str, path: str, **more: Any) -> Any:
    with httpx.Client(base_url=self._http.base_url, headers=self._http.headers) as own:
        return own.request(method, path, **more).json()


def hammers(self: Any, method: str, path: str, **more: Any) -> Any:
    for _ in range(20):
        try:
            return right(self)._ask(method, path, **more)
        except Retry:
            continue
    raise Retry("gave_up")


WRONG: list[tuple[str, str, Callable[..., Any]]] = [
    ("test_a_pull_from_nothing_shows_everything", "pull", drops_a_record),
    ("test_a_pull_from_nothing_shows_everything", "pull", never_full),
    ("test_resume_from_every_cursor", "pull", skips_ahead),
    ("test_equal_records_give_equal_bytes", "pull", clock_in_the_body),
    ("test_an_edit_appears_once", "pull", created_only),
    ("test_an_edit_between_pages_is_not_lost", "pull", cursor_of_the_end),
    ("test_same_create_twice_makes_one_record", "push", forgets_the_key),
    ("test_a_stale_write_is_refused", "push", forgets_the_base),
    ("test_blank_clears", "push", drops_blanks),
    ("test_a_write_to_what_is_gone_says_so", "push", guesses_success),
    ("test_a_deletion_in_the_vendors_screen_is_seen", "fetch", hands_out_the_dead),
    ("test_a_tampered_webhook_is_refused", "webhook", believes_anybody),
    ("test_an_old_webhook_is_refused_where_it_says_when", "webhook", ignores_time),
    ("test_check_names_workspace_and_objects", "_ask", crashes_on_refusals),
    ("test_secrets_are_in_no_log_and_no_error", "_ask", tells_the_token),
    ("test_wrong_credentials_are_named", "_ask", takes_401_for_weather),
    ("test_refused_credentials_are_told_apart", "_ask", takes_401_for_weather),
    ("test_every_call_goes_the_lent_way", "_ask", goes_round_the_lender),
    ("test_quota_is_kept", "_ask", goes_round_the_lender),
]


def play(suite: Conformance, name: str, caplog: pytest.LogCaptureFixture, **more: Any) -> None:
    with suite.play() as scene:
        arguments = {"caplog": caplog} if name == "test_secrets_are_in_no_log_and_no_error" else {}
        getattr(suite, name)(scene, **arguments, **more)


@pytest.mark.parametrize(("name", "verb", "wrong"), WRONG, ids=lambda value: getattr(value, "__name__", value))
def test_a_wrong_connector_fails(
    acme: Plugin, caplog: pytest.LogCaptureFixture, name: str, verb: str, wrong: Callable[..., Any]
) -> None:
    play(suite_of(acme, {}), name, caplog)
    busy = {} if name != "test_quota_is_kept" else {"pull": many_calls}
    with pytest.raises(CAUGHT):
        play(suite_of(acme, {verb: wrong, **busy}), name, caplog)


def many_calls(self: Any, object: str, cursor: str | None) -> Iterator[Page]:
    for _ in range(90):
        self._ask("GET", "/me")
    return
    yield


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_an_unkeyed_retry_makes_two_records(acme: Plugin, caplog: pytest.LogCaptureFixture, fault: Fault) -> None:
    """A connector that tries a create again under another key is caught, wherever the first try was applied."""

    def again(self: Any, change: Change) -> Record:
        for attempt in range(3):
            try:
                record: Record = right(self).push(replace(change, key=f"{change.key}-{attempt}"))
            except VendorError:
                continue
            return record
        raise Retry("gave_up")

    name = "test_an_ambiguous_create_makes_one_record"
    play(suite_of(acme, {}), name, caplog, fault=fault)
    suite = suite_of(acme, {"push": again})
    with suite.play() as scene:
        scene.bench.bounds = replace(scene.bench.bounds, tries=1)
        if fault in {Fault.DROP_BEFORE, Fault.HTML}:
            _with_one_try(suite, scene, fault)
            return
        with pytest.raises(AssertionError):
            _with_one_try(suite, scene, fault)


def _with_one_try(suite: Conformance, scene: Scene, fault: Fault) -> None:
    tries = scene.bench.bounds

    def arm(fault: Fault, **options: Any) -> None:
        scene.twin.armed.arm(fault, **options)
        scene.bench.bounds = tries

    scene.arm = arm  # type: ignore[method-assign]  # as in the scene, with a single try in each call
    suite.test_an_ambiguous_create_makes_one_record(scene, fault)


def test_a_connector_that_hammers_is_caught(acme: Plugin) -> None:
    suite = suite_of(acme, {"_ask": hammers})
    with suite.play() as scene, pytest.raises(AssertionError):
        suite.test_a_vendor_that_stays_ill_is_tried_again_later(scene, Fault.SERVER_ERROR)
