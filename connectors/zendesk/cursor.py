"""Where a pull resumes."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import msgspec

from connectors.kit.errors import Rejected


@dataclass(frozen=True, slots=True)
class Cursor:
    """`after`: Zendesk's own cursor of an export or a list. Seconds on Zendesk's clock: `since`: all changes before it have been
    read; `floor`: nothing before it is read again; `newest`: the newest answer seen; `at`: from where answers are read.
    `swept`, on our clock: the last wide read of them.
    """

    after: str | None = None
    since: int = 0
    floor: int = 0
    newest: int = 0
    at: int = 0
    swept: int = 0
    phase: str = ""

    def text(self) -> str:
        default = Cursor()
        said = {key: value for key, value in asdict(self).items() if value != getattr(default, key)}
        return msgspec.json.encode(said).decode()


def read(text: str | None) -> Cursor:
    """Raises `Rejected('cursor')`: it is not one of ours."""
    try:
        return Cursor() if text is None else Cursor(**msgspec.json.decode(text, type=dict))
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError) as error:
        raise Rejected("cursor", cursor=text[:200] if text else "") from error
