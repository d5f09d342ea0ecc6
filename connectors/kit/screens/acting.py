"""What people do on the pages goes to the twin by its control plane, so that it is kept and replayed like anybody's edit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.screens.declared import Field, Kind, Screen

if TYPE_CHECKING:
    from connectors.kit.twin import Twin

Row = dict[str, Any]


class Refused(ValueError):
    """The twin does not take it; the text is for people."""


class Acting:
    def __init__(self, twin: Twin, screen: Screen, form: dict[str, str]) -> None:
        self._twin, self._screen, self._form = twin, screen, form
        self._actor = form.get("actor", "").strip() or "person"

    def edit(self, kind: Kind, id: str) -> bool:
        """Saves what the person changed, not what stood there anyway; False: nothing. Raises ValueError."""
        row = self._twin.table(kind.object)[id]
        changed = [
            (field, self._form[name])
            for field, name in _fields(kind, self._form)
            if self._form.get(f"was:{name}") != self._form[name]
        ]
        changes = self._screen.changes(self._twin, row, changed)
        if changes:
            self._tell("edit", object=kind.object, id=id, changes=changes, actor=self._actor)
        return bool(changes)

    def create(self, kind: Kind) -> str:
        """The new record's id. Raises ValueError."""
        row = {} if kind.fresh is None else kind.fresh(self._twin)
        filled = [(field, self._form[name]) for field, name in _fields(kind, self._form) if self._form[name].strip()]
        made = self._tell(
            "create", object=kind.object, row={**row, **self._screen.changes(self._twin, row, filled)}, actor=self._actor
        )
        return str(made["id"])

    def delete(self, kind: Kind, id: str) -> None:
        self._tell("delete", object=kind.object, id=id, actor=self._actor)

    def arm(self) -> None:
        said = {
            name: self._form[name].strip() for name in ("name", "times", "match", "value") if self._form.get(name, "").strip()
        }
        self._tell("faults", **said)

    def _tell(self, what: str, **said: Any) -> Any:
        body = json.dumps(said).encode()
        answer = self._twin.control(httpx.Request("POST", f"{self._twin.url or 'http://twin'}/_twin/{what}", content=body))
        if answer.status_code != 200:
            raise Refused(answer.json()["error"].partition(": ")[2])
        return answer.json()


def _fields(kind: Kind, form: dict[str, str]) -> list[tuple[Field, str]]:
    return [(field, field.name) for field in kind.fields if field.editable and field.name in form]
