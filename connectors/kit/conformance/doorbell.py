"""Webhooks: the right bytes ring, every other bytes do not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import ClassVar

import httpx
import pytest
from pydantic import ValidationError

from connectors.kit.conformance.stage import Scene, Stage, ref
from connectors.kit.contract import Connector, Record, Request
from connectors.kit.errors import Rejected

URL = "https://hub.example/hooks/acme"


class Doorbell(Stage):
    """`timed`: the vendor signs the time as well. `covers_body`: what it signs covers the body; a fixed word does not.

    `secret`: the setting that webhooks are signed with; beside it stand `…_before` and `…_before_until`.
    """

    timed: ClassVar[bool] = True
    covers_body: ClassVar[bool] = True
    secret: ClassVar[str] = "webhook_secret"  # noqa: S105 - a setting's name

    def test_a_webhook_names_the_record_only(self, scene: Scene) -> None:
        record = self.one(scene)
        events = scene.connector.webhook(self._rung(scene, record))
        assert any(ref(record) in event.refs or record.object in event.pulls for event in events)
        assert not [event for event in events if event.bad or event.ignored]
        named = {named.object for event in events for named in event.refs} | {name for event in events for name in event.pulls}
        assert named <= scene.connector.facts.objects.keys()

    def test_a_kept_event_is_understood_again(self, scene: Scene) -> None:
        for event in scene.connector.webhook(self._rung(scene, self.one(scene))):
            assert scene.connector.understand(event.body) == event

    def test_the_vendor_is_thanked_in_its_own_words(self, scene: Scene) -> None:
        assert json.dumps(scene.connector.thanks(self._rung(scene, self.one(scene))))

    def test_a_tampered_webhook_is_refused(self, scene: Scene) -> None:
        good = self._rung(scene, self.one(scene))
        words = ("signature", "token", "authorization")
        signed = {name: value for name, value in good.headers.items() if any(word in name for word in words)}
        assert signed
        bodies = [good.body + b" ", good.body[:-1], b"", good.body.replace(b'"', b"'", 1)] if self.covers_body else []
        tampered = [Request(good.method, good.url, good.headers, body) for body in bodies]
        for name, value in signed.items():
            flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
            kept = {key: said for key, said in good.headers.items() if key != name}
            tampered += [
                Request(good.method, good.url, headers, good.body)
                for headers in (kept, {**kept, name: flipped}, {**kept, name: ""})
            ]
        for request in tampered:
            self._refused(scene.connector, request)

    def test_an_old_webhook_is_refused_where_it_says_when(self, scene: Scene) -> None:
        good = self._rung(scene, self.one(scene))
        if not self.timed:
            pytest.skip("this vendor does not sign the time")
        for seconds in (-3600, 7200):
            scene.twin.clock.advance(seconds)
            self._refused(scene.connector, good)

    def test_old_and_new_secret_while_it_is_changed(self, scene: Scene) -> None:
        good, now = self._rung(scene, self.one(scene)), scene.twin.clock.now()
        old, until = f"{self.secret}_before", f"{self.secret}_before_until"
        before = {self.secret: "the new one", old: scene.twin.webhook_secret}
        later, over = now + timedelta(minutes=1), now - timedelta(seconds=1)
        assert self.connect(scene.twin, scene.lending, **before, **{until: later}).webhook(good)
        self._refused(self.connect(scene.twin, scene.lending, **before, **{until: over}), good)
        with pytest.raises(ValidationError):
            self.connect(scene.twin, scene.lending, **before)  # without an end

    def _refused(self, connector: Connector, request: Request) -> None:
        with pytest.raises(Rejected) as caught:
            connector.webhook(request)
        assert caught.value.code == "signature"

    def _rung(self, scene: Scene, record: Record) -> Request:
        if not self.connector.provides("webhook"):
            pytest.skip("this connector polls only")
        sent = scene.twin.webhook(URL, self.object, record.id, "update")
        assert isinstance(sent, httpx.Request), "the twin must sign a webhook: override Twin.webhook"
        headers = {name.lower(): value for name, value in sent.headers.items()}
        return Request(sent.method, str(sent.url), headers, sent.content)
