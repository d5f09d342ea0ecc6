"""Errors named by what the hub does next. A connector raises these; anything else is a bug and fails the run.

VendorError
├── Retry        wait `after` seconds, then the same call again (429, 5xx, refused connection: nothing was applied)
├── Unclear      a write got no readable answer: it may have been applied; look it up before trying again
├── AuthFailed   pause the connection and ask for a new authorisation
├── Rejected     the vendor refuses this one read or write for good: dead letter, go on with the rest
├── Stale        the record moved since it was planned on: observe and plan again
└── Gone         the record does not exist any more: tombstone
"""

from __future__ import annotations

from typing import Any


class VendorError(Exception):
    """`code` is a stable word, `data` what its sentence needs; the sentence is made when somebody reads it.

    `data` never holds a secret: it is stored, logged and shown.
    """

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value!r}" for key, value in self.data.items())
        return f"{self.code} ({said})" if said else self.code


class Retry(VendorError):
    """`after`: seconds the vendor asked for, or None for our own back-off. `quota`: which limit was hit, if any."""

    def __init__(self, code: str, /, *, after: float | None = None, quota: str | None = None, **data: Any) -> None:
        super().__init__(code, **data)
        self.after = after
        self.quota = quota


class Unclear(VendorError):
    """A write whose effect nobody can know without looking."""


class AuthFailed(VendorError):
    """Credentials refused, or a scope is missing (`data["scope"]`, `data["page"]`)."""


class Rejected(VendorError):
    """Refused by the vendor: the same request would be refused again."""


class Stale(VendorError):
    """`If-Match` failed, or the vendor reported a newer version."""


class Gone(VendorError):
    """404 or 410 for a record that was there, or a record merged away (`data["into"]` names the survivor)."""
