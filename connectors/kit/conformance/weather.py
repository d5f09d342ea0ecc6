"""Weather: under every fault that the twin can play, a clear error or a right answer, and nothing lost."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from connectors.kit.conformance.stage import Scene, Stage, ref
from connectors.kit.contract import Record
from connectors.kit.errors import AuthFailed, Retry, VendorError
from connectors.kit.faults import Fault

PASSING = (Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.HTML, Fault.TRUNCATED, Fault.NAN, Fault.DROP_BEFORE, Fault.HANG)
LASTING = (
    Fault.RATE_LIMITED,
    Fault.SERVER_ERROR,
    Fault.HTML,
    Fault.TRUNCATED,
    Fault.DROP_BEFORE,
    Fault.REDIRECT_AWAY,
    Fault.SLOW,
)


class Weather(Stage):
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each fault that this connector's twin can play."""
        if "any_fault" in metafunc.fixturenames:
            metafunc.parametrize("any_fault", sorted(self.twin.faults))

    def test_under_any_fault_no_verb_crashes_and_nothing_is_lost(self, scene: Scene, any_fault: Fault) -> None:
        everything = {record.id for record in scene.records(self.object)}
        record = self.one(scene)
        for verb in self._verbs(scene, record):
            scene.arm(any_fault, times=1 if any_fault is Fault.HUGE_FIELD else 50)
            outcome = _outcome(verb)
            scene.calm()
            assert not isinstance(outcome, VendorError) or outcome.code
        scene.settle()
        assert {found.id for found in scene.records(self.object)} == everything

    @pytest.mark.parametrize("fault", PASSING)
    def test_one_bad_answer_is_survived(self, scene: Scene, fault: Fault) -> None:
        everything = {record.id: record.body for record in scene.records(self.object)}
        scene.arm(fault)
        assert {record.id: record.body for record in scene.records(self.object)} == everything

    @pytest.mark.parametrize("fault", LASTING)
    def test_a_vendor_that_stays_ill_is_tried_again_later(self, scene: Scene, fault: Fault) -> None:
        record = self.one(scene)
        scene.arm(fault, times=1000)
        for reads in (lambda: scene.records(self.object), lambda: scene.connector.fetch(ref(record))):
            before = len(scene.bench.calls)
            with pytest.raises(Retry):
                reads()
            assert len(scene.bench.calls) - before <= 2 * scene.bench.bounds.tries

    def test_refused_credentials_are_told_apart(self, scene: Scene) -> None:
        verbs = self._verbs(scene, self.one(scene))
        scene.arm(Fault.UNAUTHORISED, times=1000)
        for verb in verbs:
            assert isinstance(_outcome(verb), AuthFailed)

    def test_a_wait_that_the_vendor_asks_for_is_handed_on(self, scene: Scene) -> None:
        scene.arm(Fault.RATE_LIMITED, times=1000, value="900")
        outcome = _outcome(lambda: scene.records(self.object))
        assert isinstance(outcome, Retry)
        assert outcome.after is None or outcome.after <= 3600

    def test_a_huge_field_is_a_record_or_a_clear_refusal(self, scene: Scene) -> None:
        everything = {record.id for record in scene.records(self.object)}
        scene.arm(Fault.HUGE_FIELD)
        outcome = _outcome(lambda: scene.pages(self.object))
        if isinstance(outcome, VendorError):
            return
        found = {record.id for page in outcome for record in page.records}
        assert len(everything - found) <= sum(len(page.unreadable) for page in outcome)

    def test_an_unknown_word_is_carried_not_dropped(self, scene: Scene) -> None:
        everything = {record.id for record in scene.records(self.object)}
        scene.arm(Fault.UNKNOWN_ENUM, times=1000)
        found = _outcome(lambda: scene.records(self.object))
        assert isinstance(found, VendorError) or {record.id for record in found} == everything

    def test_redirects_are_not_followed(self, scene: Scene) -> None:
        scene.arm(Fault.REDIRECT_AWAY, times=1000, value=scene.served.url + "/_elsewhere")
        assert isinstance(_outcome(scene.connector.check), VendorError)
        assert not any("/_elsewhere" in asked for asked in scene.asked())

    def test_quota_is_kept(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            scene.records(object)
        for limit in self.connector.facts.limits:
            entries = [entry for entry in scene.twin.log.entries if re.search(limit.match, f"{entry.method} {entry.path}")]
            times = [datetime.fromisoformat(entry.at) for entry in entries]
            for first, last in zip(times, times[limit.calls :], strict=False):
                assert (last - first).total_seconds() >= limit.per

    def test_every_call_goes_the_lent_way(self, scene: Scene) -> None:
        for verb in self._verbs(scene, self.one(scene)):
            _outcome(verb)
        assert scene.asked() == scene.bench.calls

    def test_secrets_are_in_no_log_and_no_error(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        said: list[str] = []
        record = self.one(scene)
        with caplog.at_level(logging.DEBUG):
            for fault in sorted(self.twin.faults - {Fault.HUGE_FIELD, Fault.HANG, Fault.SLOW}):
                for verb in self._verbs(scene, record):
                    scene.arm(fault, times=20)
                    said.append(str(_outcome(verb)))
                    scene.calm()
        text = "\n".join([*said, caplog.text, repr(scene.connector.config)])
        for secret in scene.secrets:
            coded = base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]
            assert secret not in text
            assert coded not in text

    def _verbs(self, scene: Scene, record: Record) -> list[Callable[[], Any]]:
        verbs: list[Callable[[], Any]] = [
            scene.connector.check,
            lambda: scene.records(self.object),
            lambda: scene.connector.fetch(ref(record)),
        ]
        if self.edit is not None:
            edit = self.edit
            verbs.append(lambda: scene.push(self.object, "update", record.id, edit))
        return verbs


def _outcome(verb: Callable[[], Any]) -> Any:
    """What it returns, or the kit error it raises; anything else is a crash and fails the test."""
    try:
        return verb()
    except VendorError as error:
        return error
