"""Contestant: download and count, store nothing. What the network and JSON alone cost."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec

from benchmarks.contest import arguments, contest
from benchmarks.situations import Situation


class Pages(msgspec.Struct):
    """A page, its records left as the bytes they are."""

    data: list[msgspec.Raw]
    next: str | None


decode = msgspec.json.Decoder(Pages).decode


def pages(api: str, served: str) -> Iterator[list[msgspec.Raw]]:
    with httpx.Client(base_url=api, timeout=60) as client:
        path: str | None = f"/{served}/0.json"
        while path is not None:
            found = decode(client.get(path).raise_for_status().content)
            yield found.data
            path = found.next


def main() -> None:
    api = arguments().api

    def load(situation: Situation) -> int:
        return sum(len(page) for page in pages(api, situation.served))

    contest(load)


if __name__ == "__main__":
    main()
