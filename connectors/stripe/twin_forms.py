"""Bracketed forms as Stripe reads them: `address[city]=Oslo&expand[]=a&types[0]=b`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import httpx

_part = re.compile(r"\[([^\]]*)\]")


def read(request: httpx.Request) -> dict[str, Any]:
    """Query of a GET or DELETE, body of a POST; `a[]` and `a[0]` become lists."""
    text = request.content.decode() if request.method == "POST" else request.url.query.decode()
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        first = key.split("[", 1)[0]
        _put(tree, [first, *_part.findall(key)], value)
    return {key: _listed(value) for key, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    here = tree
    for part in path[:-1]:
        below = here.get(part)
        if not isinstance(below, dict):
            below = here[part] = {}
        here = below
    last = path[-1]
    here[str(len(here)) if last == "" else last] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_listed(each) for _, each in sorted(value.items(), key=lambda pair: int(pair[0]))]
    return {key: _listed(each) for key, each in value.items()}
