"""The one way out: every call of every connector goes through `send`, whichever face its SDK needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connectors.kit.calls import Answer, Ask, Bounds, header, retry_after
from connectors.kit.errors import Retry, Unclear, VendorError
from connectors.kit.reading import parse_json

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAID = 500  # bytes of a refusal that are kept: vendors name the limit there
POINTLESS = frozenset({"redirected", "too_large", "unknown_encoding"})  # another try would end the same
UNSURE = frozenset({500, 502, 503, 504})  # a write may have been applied before the answer broke


class Rules(Protocol):
    """What the lender decides: how long, how often, whether now; and what is noted."""

    @property
    def bounds(self) -> Bounds: ...

    def before(self, ask: Ask) -> None:
        """Wait for the quota. Raises `Retry('quota', after=…)` where that would take longer than our patience."""

    def after(self, ask: Ask, outcome: Answer | VendorError, seconds: float) -> None:
        """Note one try."""

    def hide(self, *secrets: str) -> None:
        """Learned on the way (tokens): nothing that is noted from now on may show them."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def between(self, low: float, high: float) -> float:
        """Jitter."""


Perform = Callable[[Ask], Answer]
"""Sends once. Raises `Retry` if nothing can have reached the vendor, `Unclear` if it may have."""


def send(rules: Rules, ask: Ask, perform: Perform) -> Answer:
    """The vendor's answer, for the connector to interpret.

    Raises `Retry` (429, 5xx or no answer to something that can be repeated, redirects, a page for people instead of data) and
    `Unclear` (no readable answer to a write), both only after a few bounded tries where another try is safe.
    """
    bounds = ask.bounds or rules.bounds
    attempts = Retrying(
        stop=stop_after_attempt(bounds.tries),
        wait=lambda state: _wait(rules, bounds, state),
        retry=retry_if_exception(lambda error: _worth_another(bounds, ask, error)),
        sleep=rules.sleep,
        reraise=True,
    )
    return attempts(_once, rules, ask, perform)


def _once(rules: Rules, ask: Ask, perform: Perform) -> Answer:
    rules.before(ask)
    began = rules.monotonic()
    try:
        answer = perform(ask)
    except VendorError as error:
        failure = _about_writes(ask, error)
        rules.after(ask, failure, rules.monotonic() - began)
        raise failure from error
    rules.after(ask, answer, rules.monotonic() - began)
    _judge(ask, answer, rules.now())
    return answer


def _judge(ask: Ask, answer: Answer, now: datetime) -> None:
    """Only what means the same at every vendor."""
    after = retry_after(answer.headers, now)
    if answer.status == 429:
        raise Retry("rate_limited", after=after, status=429, said=answer.body[:SAID].decode(errors="replace"))
    if answer.status in REDIRECTS:
        raise Retry("redirected", status=answer.status)  # never followed: credentials are not for whoever is named there
    if answer.status in UNSURE:
        raise _about_writes(ask, Unclear("server_error", status=answer.status), after)
    broken = _broken(ask, answer) if answer.status < 300 else None
    if broken is not None:
        raise _about_writes(ask, Unclear("not_json", status=answer.status, why=broken))


def _about_writes(ask: Ask, error: VendorError, after: float | None = None) -> VendorError:
    """What stays unclear of a write is, for a read, only a failed try."""
    if isinstance(error, Unclear) and ask.harmless:
        return Retry(error.code, after=after, **error.data)
    return error


def _broken(ask: Ask, answer: Answer) -> str | None:
    """Why a success is none: a page for people where data is due, or JSON that ends too early. SDKs would stumble over both."""
    kind = (header(answer.headers, "content-type") or "").lower()
    if kind.startswith(("text/html", "application/xhtml")):
        return None if "html" in (header(ask.headers, "accept") or "") else "html"
    if not kind.startswith("application/json") or not answer.body:
        return None
    try:
        msgspec.json.decode(answer.body, type=msgspec.Raw)  # walks over it, builds nothing
    except (msgspec.DecodeError, RecursionError) as error:
        return None if _readable(answer.body) else str(error)
    return None


def _readable(body: bytes) -> bool:
    """JSON all the same: half a surrogate in one string must not hide the other rows."""
    try:
        parse_json(body)
    except VendorError:
        return False
    return True


def _worth_another(bounds: Bounds, ask: Ask, error: BaseException) -> bool:
    if isinstance(error, VendorError) and error.code in POINTLESS:
        return False
    if isinstance(error, Retry):
        return error.quota is None and (error.after is None or error.after <= bounds.patience)
    return isinstance(error, Unclear) and ask.repeatable


def _wait(rules: Rules, bounds: Bounds, state: RetryCallState) -> float:
    """What the vendor asked for, else 0.5, 1, 2 … seconds; both with jitter, upwards only for the vendor's."""
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.after if isinstance(error, Retry) else None
    if asked is not None:
        return asked + rules.between(0, 0.25)
    step = min(0.5 * 2 ** (state.attempt_number - 1), bounds.patience)
    return rules.between(step / 2, step)
