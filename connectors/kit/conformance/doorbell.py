"""Webhooks: the right bytes ring, every other bytes do not."""

from __future__ import annotations

import httpx
import pytest

from connectors.kit.conformance.stage import Scene, Stage, ref
from connectors.kit.contract import Record, Request
from connectors.kit.errors import Rejected

URL = "https://hub.example/hooks/acme"


class Doorbell(Stage):
    def test_a_webhook_names_the_record_only(self, scene: Scene) -> None:
        record = self.one(scene)
        assert ref(record) in scene.connector.webhook(self._rung(scene, record))

    def test_a_tampered_webhook_is_refused(self, scene: Scene) -> None:
        good = self._rung(scene, self.one(scene))
        signed = {name: value for name, value in good.headers.items() if "signature" in name or "token" in name}
        assert signed
        bodies = [good.body + b" ", good.body[:-1], b"", good.body.replace(b'"', b"'", 1)]
        tampered = [Request(good.method, good.url, good.headers, body) for body in bodies]
        for name, value in signed.items():
            flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
            kept = {key: said for key, said in good.headers.items() if key != name}
            tampered += [
                Request(good.method, good.url, headers, good.body)
                for headers in (kept, {**kept, name: flipped}, {**kept, name: ""})
            ]
        for request in tampered:
            with pytest.raises(Rejected):
                scene.connector.webhook(request)

    def test_an_old_webhook_is_refused_where_it_says_when(self, scene: Scene) -> None:
        good = self._rung(scene, self.one(scene))
        if not self.timed:
            pytest.skip("this vendor does not sign the time")
        for seconds in (-3600, 7200):
            scene.twin.clock.advance(seconds)
            with pytest.raises(Rejected):
                scene.connector.webhook(good)

    timed: bool = True  # the vendor signs the time as well

    def _rung(self, scene: Scene, record: Record) -> Request:
        if not self.connector.provides("webhook"):
            pytest.skip("this connector polls only")
        sent = scene.twin.webhook(URL, self.object, record.id, "update")
        assert isinstance(sent, httpx.Request), "the twin must sign a webhook: override Twin.webhook"
        headers = {name.lower(): value for name, value in sent.headers.items()}
        return Request(sent.method, str(sent.url), headers, sent.content)
