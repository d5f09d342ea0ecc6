"""One request for a page: where it points, how it wants to be shown, and whether it comes from the page itself."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import httpx

ROOT = "/_screen"


class Asked:
    """`live`: the page renews itself, but never while somebody types. `compact`: the small window beside other systems, with a
    form only for `edit`."""

    def __init__(self, request: httpx.Request) -> None:
        path = request.url.raw_path.decode("ascii", "replace").partition("?")[0]
        self.method = request.method
        self.parts = [unquote(part) for part in path.removeprefix(ROOT).split("/") if part]  # an id may hold a slash
        form = parse_qs(request.content.decode("utf-8", "replace"), keep_blank_values=True) if request.method == "POST" else {}
        self.form = {name: values[-1] for name, values in form.items()}
        self.query = dict(request.url.params)
        told = self.form if request.method == "POST" else self.query
        self.live, self.compact = told.get("live") == "1", told.get("compact") == "1"
        self.edit = request.method == "POST" or told.get("edit") == "1"

    @property
    def number(self) -> int:
        """The page of a list, from 1."""
        text = self.query.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def link(*parts: str, **query: str | int | None) -> str:
    """The address of a page; what is None or empty is left out."""
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    return "/".join([ROOT, *(quote(part, safe="") for part in parts)]) + (f"?{urlencode(asked)}" if asked else "")


def foreign(request: httpx.Request, url: str) -> bool:
    """Whether a page of somebody else asks: another site's form or script, or a name made to point here.

    Programs send no Origin; browsers send it with every POST. https://fetch.spec.whatwg.org/#origin-header
    """
    where = urlsplit(url)
    if where.port is None:  # not served: nobody can ask but us
        return False
    names = {where.netloc, f"127.0.0.1:{where.port}", f"localhost:{where.port}", f"[::1]:{where.port}"}
    origin, host = request.headers.get("origin"), request.headers.get("host", "").lower()
    return (origin is not None and origin not in {f"http://{name}" for name in names}) or (host != "" and host not in names)
