"""A connector to the benchmark's API, by the public contract. Registered for the run only; it is no part of the product."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from benchmarks.download import decode
from connectors.kit.contract import Checked, Config, Connector, Facts, Object, Page, Record


class Row(msgspec.Struct):
    id: str


_row = msgspec.json.Decoder(Row).decode


class BenchConfig(Config):
    served: str


class Bench(Connector):
    facts = Facts("bench", "Benchmark", frozenset({"billing"}), {"accounts": Object(frozenset({"update"}))})
    config_model = BenchConfig

    def check(self) -> Checked:
        return Checked("benchmark", frozenset({"accounts"}), frozenset({"accounts"}))

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        """Everything, every time: this API cannot say what changed, so the hub has to find that out."""
        del cursor
        with self.lent.http(base_url=self.config.base_url) as client:
            path: str | None = f"/{self.config.served}/0.json"
            while path is not None:
                found = decode(client.get(path).content)
                path = found.next
                records = [Record(object, _row(raw).id, bytes(raw)) for raw in found.data]
                yield Page(records, None, complete=path is None, full=True)


CONNECTOR = Bench
