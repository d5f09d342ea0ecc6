"""Any history of edits and broken pulls ends with what Stripe holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe_scenes import DAY, NOW, closed, customers, opened

from connectors.kit.conformance import Scene
from connectors.stripe import client, reading
from connectors.stripe import twin_shapes as shapes


@pytest.fixture(scope="module")
def long_world() -> Iterator[Callable[[], Scene]]:
    """Behind a call: Hypothesis would print the whole scene."""
    patch = pytest.MonkeyPatch()
    patch.setattr(reading, "CHUNK", 2)  # so that a pull can break off in the middle of the news,
    patch.setattr(client, "PAGE", 2)  # and of a scan
    scene = opened({"customers": customers(5)})
    yield lambda: scene
    closed(scene)
    patch.undo()


STEP = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 9)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("create"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([1, 200, 400, 40 * DAY])),
    st.tuples(st.just("pull"), st.integers(0, 4)),
)


@given(st.lists(STEP, max_size=25))
def test_what_was_read_ends_equal_to_what_stripe_holds(long_world: Callable[[], Scene], steps: list[tuple[str, int]]) -> None:
    """Whatever happens between pulls, and wherever a pull breaks off (after n pages)."""
    scene = long_world()
    scene.twin.reset()
    held: dict[str, bytes] = {}
    cursor: str | None = None
    for n, (what, value) in enumerate([*steps, ("pull", 99)]):
        living = sorted(scene.twin.table("customers"))
        if what == "pull":
            cursor = _pulled(scene, held, cursor, value)
        elif what == "wait":
            scene.twin.clock.advance(value)
        elif what == "create":
            scene.twin.create("customers", **shapes.customer(f"cus_new_{n}", NOW, live=True))
        elif living and what == "edit":
            scene.twin.edit("customers", living[value % len(living)], name=f"Edit {n}")
        elif living:
            scene.twin.delete("customers", living[value % len(living)])
    assert held == {record.id: record.body for record in scene.living("customers").values()}


def _pulled(scene: Scene, held: dict[str, bytes], cursor: str | None, pages: int) -> str | None:
    """Store up to so many pages as the hub would; a full read that ends shows what is no longer there."""
    shown: set[str] = set()
    for n, page in enumerate(scene.connector.pull("customers", cursor)):
        if n == pages:
            break
        for record in page.records:
            shown.add(record.id)
            held.pop(record.id, None)
            if not record.deleted:
                held[record.id] = record.body
        cursor = page.cursor
        if page.full and page.complete:
            for id in set(held) - shown:
                del held[id]
    return cursor
