"""How a twin plays a fault: what it applies, what it answers, and what becomes of the connection."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Armed, Fault

if TYPE_CHECKING:
    from connectors.kit.twin import Twin

log = logging.getLogger("concord.twin")

HUGE = 10 * 1024 * 1024
AWAY = "http://169.254.169.254/latest/meta-data/"
PAGE = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>We are sorry</h1></body></html>"


@dataclass(slots=True)
class Played:
    """`response` None: end the connection without an answer. `wait`: seconds before it; `drip`: seconds between its bytes."""

    response: httpx.Response | None
    applied: bool = True
    fault: Fault | None = None
    wait: float = 0.0
    drip: float = 0.0


def play(twin: Twin, request: httpx.Request, armed: Armed | None) -> Played:
    """Serve `request`, with the fault if one is armed for it."""
    if armed is None:
        response = _routed(twin, request)
        return Played(response, applied=_applied(response))
    fault, value = armed.fault, armed.value
    refused = _refusals(twin, request, value).get(fault)
    if refused is not None:
        return Played(refused(), applied=False, fault=fault)
    if fault is Fault.DROP_BEFORE:
        return Played(None, applied=False, fault=fault)
    if fault is Fault.HANG:
        return Played(None, applied=False, fault=fault, wait=float(value or 120))
    response = _routed(twin, request)
    applied = _applied(response)
    if fault is Fault.DROP_AFTER_APPLY:
        return Played(None, applied, fault)
    if fault is Fault.ERROR_AFTER_APPLY:
        return Played(httpx.Response(500, json={"error": "internal"}), applied, fault)
    if fault is Fault.SLOW:
        return Played(response, applied, fault, drip=float(value or 0.25))
    return Played(_spoiled(twin, fault, response), applied, fault)


def copied(data: Any) -> Any:
    """The twin changes its rows; the caller's stay."""
    return copy.deepcopy(data)


def _routed(twin: Twin, request: httpx.Request) -> httpx.Response:
    try:
        return twin.route(request)
    except Exception as error:  # a bug in a twin must be seen as one, not as a dead connection
        log.exception("twin %s failed on %s %s", twin.name, request.method, request.url.path)
        return httpx.Response(500, json={"twin_error": f"{type(error).__name__}: {error}"})


def _applied(response: httpx.Response) -> bool:
    """A limit comes before everything else. What used it up, reads too, is in no journal: such a write is not played again."""
    return response.status_code != 429


def _refusals(twin: Twin, request: httpx.Request, value: str | None) -> dict[Fault, Callable[[], httpx.Response]]:
    return {
        Fault.UNAUTHORISED: lambda: twin.unauthorised(request),
        Fault.RATE_LIMITED: lambda: twin.rate_limited(request, value),
        Fault.SERVER_ERROR: lambda: httpx.Response(503, json={"error": "unavailable"}),
        Fault.REDIRECT_AWAY: lambda: httpx.Response(308, headers={"location": value or AWAY}),
        Fault.HTML: lambda: httpx.Response(200, html=PAGE),
    }


def _spoiled(twin: Twin, fault: Fault, response: httpx.Response) -> httpx.Response:
    if fault is Fault.TRUNCATED:
        return _with(response, response.content[: len(response.content) // 2])
    try:
        body = json.loads(response.content)
    except ValueError:
        return response
    for holder, key in _leaves(body):
        if fault is Fault.UNKNOWN_ENUM and key in twin.enums and isinstance(holder[key], str):
            holder[key] = "zz_unknown"
        elif fault is Fault.NAN and not isinstance(holder[key], str | bool):
            holder[key] = float("nan")
            break
        elif fault is Fault.HUGE_FIELD and isinstance(holder[key], str) and key not in {"id", "object"}:
            holder[key] = "x" * HUGE
            break
    return _with(response, json.dumps(body).encode())


def _leaves(body: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of every scalar, depth first."""
    pairs = list(body.items()) if isinstance(body, dict) else list(enumerate(body)) if isinstance(body, list) else []
    for key, value in pairs:
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield body, key


def _with(response: httpx.Response, content: bytes) -> httpx.Response:
    kept = [(name, value) for name, value in response.headers.multi_items() if name != "content-length"]
    return httpx.Response(response.status_code, headers=kept, content=content)
