"""The control plane of a twin, under `/_twin/`: what a test or the demo tells it, and what it tells them."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Fault

if TYPE_CHECKING:
    from connectors.kit.twin import Twin

EDITS = frozenset({"edit", "create", "delete", "clock"})


class Control:
    """GET: log (?since=n), faults, clock, webhooks, state (?object=).

    POST: faults {name, times, match, value}, clock {now, speed, advance}, webhooks {url}, rotate, reset,
    edit {object, id, changes, actor}, create {object, row, actor}, delete {object, id, actor}.
    """

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    def answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix("/_twin/").strip("/")
        handler = getattr(self, f"_{request.method.lower()}_{name}", None)
        if handler is None:
            return httpx.Response(404, json={"error": f"no control named {request.method} {name}"})
        clock = self._twin.clock
        with nullcontext(clock.now()) if name == "clock" else clock.held() as now:
            try:
                said = json.loads(request.content or b"{}") if request.method == "POST" else dict(request.url.params)
                answer = httpx.Response(200, json=handler(said))
            except (KeyError, TypeError, ValueError, re.error) as error:
                return httpx.Response(400, json={"error": f"{type(error).__name__}: {error}"})
            if request.method == "POST" and name in EDITS and self._twin.journal is not None:
                self._twin.journal.add(now, request, ())
        return answer

    def _get_log(self, said: dict[str, str]) -> Any:
        return self._twin.log.since(int(said.get("since", "0")))

    def _get_faults(self, said: dict[str, str]) -> Any:
        del said
        return {"can": sorted(self._twin.faults), "armed": [asdict(armed) for armed in self._twin.armed.left()]}

    def _post_faults(self, said: dict[str, Any]) -> Any:
        fault = Fault(said["name"])
        if fault not in self._twin.faults:
            raise ValueError(f"{self._twin.name} cannot play {fault}; it can: {', '.join(sorted(self._twin.faults))}")
        self._twin.armed.arm(fault, times=int(said.get("times", 1)), match=said.get("match", ""), value=said.get("value"))
        return self._get_faults({})

    def _get_clock(self, said: dict[str, str]) -> Any:
        del said
        return {"now": self._twin.clock.now().isoformat(), "speed": self._twin.clock.speed}

    def _post_clock(self, said: dict[str, Any]) -> Any:
        clock = self._twin.clock
        if "now" in said or "speed" in said:
            now = datetime.fromisoformat(said["now"]) if "now" in said else clock.now()
            clock.set(now, speed=float(said["speed"]) if "speed" in said else None)
        clock.advance(float(said.get("advance", 0)))
        return self._get_clock({})

    def _get_webhooks(self, said: dict[str, str]) -> Any:
        del said
        return self._twin.outbox.shown()

    def _post_webhooks(self, said: dict[str, Any]) -> Any:
        if said["url"] not in self._twin.outbox.urls:
            self._twin.outbox.urls.append(said["url"])
        return self._twin.outbox.shown()

    def _post_rotate(self, said: dict[str, Any]) -> Any:
        del said
        self._twin.rotate()
        return {"webhook_secret": self._twin.webhook_secret}

    def _post_reset(self, said: dict[str, Any]) -> Any:
        del said
        self._twin.reset()
        return {}

    def _get_state(self, said: dict[str, str]) -> Any:
        return self._twin.tables[said["object"]] if "object" in said else self._twin.tables

    def _post_edit(self, said: dict[str, Any]) -> Any:
        with self._acting(said):
            return self._twin.edit(said["object"], str(said["id"]), **said.get("changes", {}))

    def _post_create(self, said: dict[str, Any]) -> Any:
        with self._acting(said):
            return self._twin.create(said["object"], **said.get("row", said.get("changes", {})))

    def _post_delete(self, said: dict[str, Any]) -> Any:
        with self._acting(said):
            self._twin.delete(said["object"], str(said["id"]))
            return {}

    def _acting(self, said: dict[str, Any]) -> _Acting:
        return _Acting(self._twin, str(said.get("actor", "person")))


class _Acting:
    """While it is open, the twin notes `actor` as the one who edits."""

    def __init__(self, twin: Twin, actor: str) -> None:
        self._twin, self._actor = twin, actor

    def __enter__(self) -> None:
        self._before, self._twin.actor = self._twin.actor, self._actor

    def __exit__(self, *_: object) -> None:
        self._twin.actor = self._before
