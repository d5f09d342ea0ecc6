"""Where a pull resumes, and what is already proven to have been read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import msgspec

from connectors.kit.errors import Rejected


@dataclass(frozen=True, slots=True)
class Cursor:
    """Milliseconds: `since`, `newest`, `at`, `mark` on HubSpot's clock, `seen` and `asked` on ours. They are never compared.

    `since`: every change before it has been read. `newest`: the newest change seen, first seen at our `seen`. A change
    that HubSpot dates before `newest` was made before our `seen`, so a search that we ask for a lag after `seen` shows it:
    then `since` follows. No skew between the clocks can lose a change, and a quiet portal is not read again and again.
    """

    phase: str = "list"  # list, changes, archived
    after: str | None = None  # of a list
    at: int | None = None  # changes are read from here on
    tie: int | None = None  # more changes at one instant than a page holds: read by id, from here on
    since: int = 0
    newest: int = 0
    seen: int = 0
    asked: int = 0  # when this pull asked for its first change
    mark: int = 0  # archived records, or on a first pull events, up to here have been read

    def text(self) -> str:
        return msgspec.json.encode({key: value for key, value in asdict(self).items() if value is not None}).decode()

    def proven(self, newest: int, now: int, lag: int) -> Cursor:
        """After the last change of a pull was read: `newest` as seen in it, until `now`."""
        done = self
        if self.asked > self.seen and self.asked - self.seen >= lag:
            done = replace(done, since=max(done.since, done.newest + 1))
        if newest > self.newest:
            done = replace(done, newest=newest, seen=now)
        return done


def read(text: str) -> Cursor:
    """Raises `Rejected('cursor')`: it is not one of ours."""
    try:
        return Cursor(**msgspec.json.decode(text, type=dict))
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError) as error:
        raise Rejected("cursor", cursor=text[:200]) from error
