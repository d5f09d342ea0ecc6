"""Writing: what is sent arrives once, in full, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.kit.conformance.stage import Scene, Stage, body, ref
from connectors.kit.contract import Record, Verb
from connectors.kit.errors import Gone, Rejected, Stale, Unclear
from connectors.kit.faults import Fault

VERBS: tuple[Verb, ...] = ("create", "update", "delete")
AMBIGUOUS = (Fault.DROP_BEFORE, Fault.DROP_AFTER_APPLY, Fault.ERROR_AFTER_APPLY, Fault.HTML, Fault.TRUNCATED)


class Writing(Stage):
    def test_samples_fit_the_declared_verbs(self) -> None:
        verbs = self.connector.facts.objects[self.object].verbs
        assert (self.edit is not None) == ("update" in verbs)
        assert (self.create is not None) == ("create" in verbs)

    def test_push_round_trip(self, scene: Scene) -> None:
        edit = _needed(self.edit)
        record = self.one(scene)
        pushed = scene.push(self.object, "update", record.id, edit, base=record.version)
        assert pushed.id == record.id
        assert self.holds(body(pushed), edit)
        assert scene.connector.fetch(ref(record)).body == pushed.body
        scene.settle()
        assert scene.living(self.object)[record.id].body == pushed.body

    def test_push_leaves_other_records_and_fields_alone(self, scene: Scene) -> None:
        edit = _needed(self.edit)
        record = self.one(scene)
        before = scene.living(self.object)
        scene.push(self.object, "update", record.id, edit, base=record.version)
        scene.settle()
        after = scene.living(self.object)
        assert {id for id in before if before[id].body != after[id].body} == {record.id}
        kept = {key: value for key, value in body(record).items() if key not in edit}
        assert not _differing(kept, body(after[record.id])) - self.moves

    moves: frozenset[str] = frozenset(
        {"updated", "updated_at", "updatedAt", "version", "rev"}
    )  # keys that the vendor moves itself

    def test_blank_clears(self, scene: Scene) -> None:
        clear = _needed(self.clear)
        record = self.one(scene)
        filled = scene.push(self.object, "update", record.id, _needed(self.edit), base=record.version)
        assert not self.holds(body(filled), clear), "`edit` must fill what `clear` empties"
        cleared = scene.push(self.object, "update", record.id, clear, base=filled.version)
        assert self.holds(body(cleared), clear)
        assert self.holds(body(scene.connector.fetch(ref(record))), clear)

    def test_same_create_twice_makes_one_record(self, scene: Scene) -> None:
        create = _needed(self.create)
        before = set(scene.living(self.object))
        made = scene.push(self.object, "create", None, create, key="concord-once")
        scene.settle()
        again = self._again(scene, create)
        assert again is not None
        assert again.id == made.id
        scene.settle()
        assert set(scene.living(self.object)) - before == {made.id}

    @pytest.mark.parametrize("fault", AMBIGUOUS)
    def test_an_ambiguous_create_makes_one_record(self, scene: Scene, fault: Fault) -> None:
        """As the hub does it: look it up before trying again."""
        create = _needed(self.create)
        before = set(scene.living(self.object))
        scene.arm(fault, match=r"^(POST|PUT)")
        try:
            scene.push(self.object, "create", None, create, key="concord-once")
        except Unclear:
            scene.settle()
            if self._found(scene, create) is None:
                scene.push(self.object, "create", None, create, key="concord-once")
        scene.settle()
        made = set(scene.living(self.object)) - before
        assert len(made) == 1
        assert self.holds(body(scene.living(self.object)[made.pop()]), create)

    @pytest.mark.parametrize("fault", AMBIGUOUS)
    def test_an_ambiguous_update_is_clear_or_says_so(self, scene: Scene, fault: Fault) -> None:
        edit = _needed(self.edit)
        record = self.one(scene)
        scene.arm(fault, match=r"^(POST|PUT|PATCH)")
        try:
            pushed = scene.push(self.object, "update", record.id, edit, base=record.version)
        except Unclear:
            return
        assert self.holds(body(pushed), edit)
        assert self.holds(body(scene.connector.fetch(ref(record))), edit)

    def test_a_stale_write_is_refused(self, scene: Scene) -> None:
        if not self.versioned:
            pytest.skip("this vendor refuses no old version")
        record = self.one(scene)
        scene.twin.clock.advance(5)
        scene.twin.edit(self.object, record.id, **self.screen)
        with pytest.raises(Stale):
            scene.push(self.object, "update", record.id, _needed(self.edit), base=record.version)
        assert self.holds(body(scene.connector.fetch(ref(record))), self.shown or self.screen)

    def test_delete_makes_a_tombstone(self, scene: Scene) -> None:
        if "delete" not in self.connector.facts.objects[self.object].verbs:
            pytest.skip("this connector does not declare the verb")
        record = self.one(scene)
        cursor = scene.last_cursor(self.object)
        assert scene.push(self.object, "delete", record.id, {}).deleted
        scene.settle()
        with pytest.raises(Gone):
            scene.connector.fetch(ref(record))
        gone = any(found.id == record.id and found.deleted for found in scene.records(self.object, cursor))
        assert gone or record.id not in scene.living(self.object)

    def test_a_write_to_what_is_gone_says_so(self, scene: Scene) -> None:
        edit = _needed(self.edit)
        record = self.one(scene)
        scene.twin.delete(self.object, record.id)
        with pytest.raises(Gone):
            scene.push(self.object, "update", record.id, edit)

    def test_every_other_verb_is_refused_before_a_call(self, scene: Scene) -> None:
        for object, declared in self.connector.facts.objects.items():
            for verb in VERBS:
                if verb in declared.verbs:
                    continue
                before = len(scene.asked())
                with pytest.raises(Rejected):
                    scene.push(object, verb, None if verb == "create" else "1", {})
                assert len(scene.asked()) == before, (object, verb)

    def _again(self, scene: Scene, create: Mapping[str, Any]) -> Record | None:
        if self.keyed:
            return scene.push(self.object, "create", None, create, key="concord-once")
        return scene.connector.find(self.object, create)

    def _found(self, scene: Scene, create: Mapping[str, Any]) -> Record | None:
        return scene.connector.find(self.object, create) if self.connector.provides("find") else None


def _needed(sample: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if sample is None:
        pytest.skip("this connector does not declare the verb")
    return sample


def _differing(kept: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    return {key for key, value in kept.items() if now.get(key) != value}
