"""Where a pull resumes: in the middle of a scan, or after an event."""

from __future__ import annotations

import msgspec

OVERLAP = 300  # seconds of events that are looked at again: those of one second are unordered, some come late
REACH = 30 * 86_400 - 3_600  # Stripe keeps events for 30 days; an hour less, for the pull itself


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """All times are unix seconds.

    `asked`: our clock when everything up to here had been asked for; `newest`: Stripe's time of the newest event known, None
    if there was none; `seen`: the events of the overlap that are done; `scanning`, `after`: the scan goes on after this id;
    `again`: it closes a gap in the events, so only a scan in one piece can tell what was deleted in the gap.
    """

    asked: int
    newest: int | None = None
    seen: tuple[str, ...] = ()
    scanning: bool = False
    after: str | None = None
    again: bool = False

    def dump(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def since(self) -> int | None:
        return None if self.newest is None else self.newest - OVERLAP

    def gap(self, now: int) -> bool:
        """Whether nothing but a scan from the start will do."""
        return now - self.asked > REACH or (self.scanning and self.again)


def load(text: str | None) -> Cursor | None:
    """None, which means everything, also for a cursor that cannot be read."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Cursor)
    except msgspec.MsgspecError:
        return None
