"""Reading: everything is seen, from any cursor, and an edit once."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr

from connectors.kit.conformance.stage import Scene, Stage, body, ref
from connectors.kit.contract import Change, Ref
from connectors.kit.errors import AuthFailed, Gone, Rejected


class Reading(Stage):
    def test_facts_are_complete(self) -> None:
        facts = self.connector.facts
        assert re.fullmatch(r"[a-z][a-z0-9_]*", facts.name)
        assert facts.title
        assert facts.roles
        assert facts.page.startswith("https://")
        assert facts.every is None or facts.every > 0
        assert all(declared.title and declared.page.startswith("https://") for declared in facts.objects.values())
        assert all(limit.calls > 0 and limit.per > 0 and re.compile(limit.match) for limit in facts.limits)
        assert all(field.title for field in self.connector.config_model.model_fields.values())

    def test_check_names_workspace_and_objects(self, scene: Scene) -> None:
        checked = scene.connector.check()
        assert checked.workspace
        assert checked.reads == set(self.connector.facts.objects)
        assert checked.writes == {name for name, declared in self.connector.facts.objects.items() if declared.verbs}
        assert not checked.missing

    def test_wrong_credentials_are_named(self, scene: Scene) -> None:
        wrong = {
            name: "wrong-" + value.get_secret_value()
            for name in type(scene.connector.config).model_fields
            if isinstance(value := getattr(scene.connector.config, name), SecretStr)
        }
        stranger = self.connect(scene.twin, scene.lending, **wrong)
        with pytest.raises(AuthFailed):
            stranger.check()
        with pytest.raises(AuthFailed):
            list(stranger.pull(self.object, None))

    def test_a_pull_from_nothing_shows_everything(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            pages = scene.pages(object)
            found = [record.id for page in pages for record in page.records]
            assert pages[-1].complete
            assert pages[-1].full
            assert pages[-1].cursor is not None
            assert not any(page.complete for page in pages[:-1])
            assert not any(page.unreadable for page in pages)
            expected = self.ids(object)
            assert expected is None or set(found) == expected, object

    def test_resume_from_every_cursor(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            pages = scene.pages(object)
            everything = {record.id for page in pages for record in page.records}
            before: set[str] = set()
            for page in pages:
                before |= {record.id for record in page.records}
                after = {record.id for record in scene.records(object, page.cursor)}
                assert before | after == everything, (object, page.cursor)

    def test_equal_records_give_equal_bytes(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            first = {record.id: record.body for record in scene.records(object)}
            scene.settle()
            again = {record.id: record.body for record in scene.records(object)}
            assert first == again, object

    def test_fetch_shows_what_pull_shows(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            for record in list(scene.living(object).values())[:5]:
                fetched = scene.connector.fetch(ref(record))
                assert (fetched.id, fetched.body) == (record.id, record.body)

    def test_many_fetched_at_once_are_what_each_is(self, scene: Scene) -> None:
        for object in self.connector.facts.objects:
            living = scene.living(object)
            some = list(living.values())[:3]
            if not some:
                continue
            nobody = next(id for n in range(100, 1000) if (id := f"{some[0].id[:-1]}{n}") not in living)
            *found, none = scene.connector.fetch_many([*map(ref, some), Ref(object, nobody)])
            assert [(each.id, each.body) for each in found if each is not None] == [(each.id, each.body) for each in some]
            assert none is None

    def test_count_is_the_vendors(self, scene: Scene) -> None:
        if not self.connector.provides("count"):
            pytest.skip("this vendor gives no count")
        scene.settle()
        for object in self.connector.facts.objects:
            counted = scene.connector.count(object)
            assert counted is None or counted == len(scene.living(object)), object

    def test_a_quiet_vendor_has_no_news(self, scene: Scene) -> None:
        known = {record.id: record.body for record in scene.records(self.object)}
        cursor = scene.last_cursor(self.object)
        scene.settle()
        assert all(known[record.id] == record.body for record in scene.records(self.object, cursor))

    def test_an_edit_appears_once(self, scene: Scene) -> None:
        record = self.one(scene)
        cursor = scene.last_cursor(self.object)
        scene.settle()
        scene.twin.edit(self.object, record.id, **self.screen)
        scene.settle()
        pages = scene.pages(self.object, cursor)
        seen = [found for page in pages for found in page.records if found.id == record.id]
        assert len(seen) == 1
        assert seen[0].body != record.body
        assert self.holds(body(seen[0]), self.shown or self.screen)
        scene.settle()
        later = scene.records(self.object, pages[-1].cursor)
        assert all(found.body == seen[0].body for found in later if found.id == record.id)

    def test_an_edit_between_pages_is_not_lost(self, scene: Scene) -> None:
        record = self.one(scene)
        pull = scene.connector.pull(self.object, None)
        page = next(pull)
        scene.twin.clock.advance(1)
        scene.twin.edit(self.object, record.id, **self.screen)
        rest = list(pull)
        cursor = rest[-1].cursor if rest else page.cursor
        scene.settle()
        seen = [found for each in [page, *rest] for found in each.records] + scene.records(self.object, cursor)
        assert any(found.id == record.id and self.holds(body(found), self.shown or self.screen) for found in seen)

    def test_a_deletion_in_the_vendors_screen_is_seen(self, scene: Scene) -> None:
        record = self.one(scene)
        cursor = scene.last_cursor(self.object)
        scene.settle()
        scene.twin.delete(self.object, record.id)
        scene.settle()
        with pytest.raises(Gone):
            scene.connector.fetch(ref(record))
        gone = any(found.id == record.id and found.deleted for found in scene.records(self.object, cursor))
        assert gone or record.id not in scene.living(self.object)

    def test_what_is_not_there_is_gone_and_unknown_objects_are_refused(self, scene: Scene) -> None:
        record = self.one(scene)
        with pytest.raises(Gone):
            scene.connector.fetch(Ref(self.object, record.id[:-1] + ("0" if record.id[-1] != "0" else "1") + "9"))
        for refused in (
            lambda: list(scene.connector.pull("no_such_object", None)),
            lambda: scene.connector.fetch(Ref("no_such_object", "1")),
            lambda: scene.connector.push(Change("no_such_object", "update", "1", {}, key="k")),
        ):
            with pytest.raises(Rejected):
                refused()

    def test_web_urls_are_for_people(self, scene: Scene) -> None:
        url = scene.connector.web_url(ref(self.one(scene)))
        assert url is None or url.startswith("https://")
        assert not any(secret in (url or "") for secret in scene.secrets)
