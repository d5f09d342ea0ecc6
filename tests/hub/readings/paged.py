"""A vendor of many pages and little quota, and its connector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from connectors.kit.contract import Checked, Config, Connector, Facts, Limit, Object, Page, Record
from connectors.kit.twin import Twin

PAGES, CALLS, WINDOW = 8, 3, 600.0


class Paged(Twin):
    name = "paged"

    def route(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"page": request.url.params["page"]})


class PagedConfig(Config):
    calls: int = CALLS


class PagedConnector(Connector):
    facts = Facts(
        "paged", "Paged", frozenset({"product"}), {"things": Object(title="Things")}, limits=[Limit(1, 1.0), Limit(99, WINDOW)]
    )
    config_model = PagedConfig

    @classmethod
    def limits(cls, config: Any) -> Sequence[Limit]:
        return [Limit(100, 1.0), Limit(config.calls, WINDOW)]

    def check(self) -> Checked:
        return Checked("paged", frozenset({"things"}), frozenset())

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        with self.lent.http(base_url=self.config.base_url) as client:
            for page in range(int(cursor or 0), PAGES):
                client.get("/things", params={"page": page})
                last = page == PAGES - 1
                record = Record(object, f"thing {page}", b'{"page": %d}' % page)
                yield Page([record], cursor=None if last else str(page + 1), complete=last, full=cursor is None)


CONNECTOR, TWIN = PagedConnector, Paged
