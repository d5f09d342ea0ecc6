"""Telling a running practice system something over its control plane: a fault to play, an edit that somebody makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.kit.contract import Served
from hub.words import Problem

WITHIN = 10.0


def tell(twin: Served, what: str, **said: Any) -> Any:
    """POST: faults, edit, create, delete, clock, webhooks, reset. Raises Problem `twin_silent` or `twin_refused`."""
    return _call(twin, "POST", f"/_twin/{what}", json.dumps(said))


def ask(twin: Served, what: str, **about: str) -> Any:
    """GET: log, faults, clock, webhooks, state."""
    return _call(twin, "GET", f"/_twin/{what}?{urlencode(about)}", None)


def _call(twin: Served, method: str, target: str, body: str | None) -> Any:
    where = urlsplit(twin.url)
    line = HTTPConnection(where.hostname or "", where.port, timeout=WITHIN)
    try:
        line.request(method, target, body)
        response = line.getresponse()
        answer: Mapping[str, Any] = json.loads(response.read() or b"{}")
    except (OSError, HTTPException, ValueError) as error:
        raise Problem("twin_silent", name=twin.name, url=twin.url, why=type(error).__name__) from error
    finally:
        line.close()
    if response.status != 200:
        raise Problem("twin_refused", name=twin.name, why=str(answer.get("error", response.status)))
    return answer
