"""Reads a vendor's JSON strictly: what is no JSON is no answer."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, Protocol

from connectors.kit.errors import Retry, Unclear

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Response(Protocol):
    """What httpx and requests have in common."""

    @property
    def content(self) -> bytes: ...
    @property
    def request(self) -> Any: ...


def read_json(response: Response, *, reads: bool = False) -> Any:
    """Raises `Retry('not_json')`; `Unclear('not_json')` after a write, unless `reads` says that the POST only read."""
    return parse_json(response.content, wrote=not reads and response.request.method not in READS)


def parse_json(body: bytes, *, wrote: bool = False) -> Any:
    """The same from bytes. NaN, Infinity and doubled keys are refused as well."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        why = type(error).__name__
        raise (Unclear("not_json", why=why) if wrote else Retry("not_json", why=why)) from error


def steady(body: bytes, counter: str) -> bytes:
    """A webhook's body with the number `counter` as 0: a vendor counts its tries there, and the event is the same."""
    return re.sub(rb'("%s"\s*:\s*)[0-9]+' % re.escape(counter.encode()), rb"\g<1>0", body)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found
