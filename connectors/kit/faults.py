"""Everything a twin can be told to do wrong, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """The first block is played by the base around any request, the second inside the route of the twin that declares it."""

    UNAUTHORISED = "unauthorised"
    RATE_LIMITED = "rate_limited"  # value: the Retry-After header
    SERVER_ERROR = "server_error"
    HANG = "hang"  # value: seconds
    DROP_BEFORE = "drop_before"  # the connection ends, nothing was applied
    DROP_AFTER_APPLY = "drop_after_apply"  # the connection ends, the write stands
    ERROR_AFTER_APPLY = "error_after_apply"  # 500, the write stands
    HTML = "html"  # 200 with a page for people
    TRUNCATED = "truncated"
    NAN = "nan"
    HUGE_FIELD = "huge_field"  # 10 MB
    UNKNOWN_ENUM = "unknown_enum"
    SLOW = "slow"  # one byte at a time; value: seconds between bytes
    REDIRECT_AWAY = "redirect_away"  # value: the Location header

    EXPIRED_PAGE = "expired_page"
    REPEAT_PAGE = "repeat_page"
    EMPTY_LIST = "empty_list"
    IGNORE_WRITE = "ignore_write"
    SCOPE_LOST = "scope_lost"
    CONFLICT_409 = "conflict_409"
    PARTIAL_207 = "partial_207"
    LOCKED = "locked"
    LAG = "lag"
    STALE_READ = "stale_read"
    DUPLICATE_WEBHOOK = "duplicate_webhook"
    LATE_WEBHOOK = "late_webhook"  # value: seconds
    LOST_WEBHOOK = "lost_webhook"
    SWAPPED_WEBHOOKS = "swapped_webhooks"  # this one arrives after the next one
    ERRORS_IN_200 = "errors_in_200"
    PARTIAL_IMPORT = "partial_import"
    DOUBLED_ROWS = "doubled_rows"
    JOB_FAILED = "job_failed"  # a bulk job ends with a failed row
    PLAN_GATED = "plan_gated"  # 403: the plan does not include it
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a fault's name, no secret


GENERIC = frozenset(
    {
        Fault.UNAUTHORISED,
        Fault.RATE_LIMITED,
        Fault.SERVER_ERROR,
        Fault.HANG,
        Fault.DROP_BEFORE,
        Fault.DROP_AFTER_APPLY,
        Fault.ERROR_AFTER_APPLY,
        Fault.HTML,
        Fault.TRUNCATED,
        Fault.NAN,
        Fault.HUGE_FIELD,
        Fault.UNKNOWN_ENUM,
        Fault.SLOW,
        Fault.REDIRECT_AWAY,
    }
)


@dataclass(slots=True)
class Armed:
    """A fault that waits for the next `times` requests whose "METHOD /path" matches `match` (a regular expression)."""

    fault: Fault
    times: int = 1
    match: str = ""
    value: str | None = None

    def fits(self, what: str) -> bool:
        return self.times > 0 and re.search(self.match, what) is not None


class Faults:
    """The armed faults of one twin, in the order in which they were armed."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []
        self.taken: list[Armed] = []  # by the request being served; the journal keeps them

    def arm(self, fault: Fault, *, times: int = 1, match: str = "", value: str | None = None) -> None:
        re.compile(match)
        self._armed.append(Armed(fault, times, match, value))

    def take(self, among: Iterable[Fault], what: str) -> Armed | None:
        """The first armed fault of `among` that fits, used up by one."""
        wanted = frozenset(among)
        for armed in self._armed:
            if armed.fault in wanted and armed.fits(what):
                armed.times -= 1
                self._armed = [left for left in self._armed if left.times > 0]
                self.taken.append(armed)
                return armed
        return None

    def clear(self) -> None:
        self._armed.clear()

    def left(self) -> list[Armed]:
        return list(self._armed)
