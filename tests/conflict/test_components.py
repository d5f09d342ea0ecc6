"""Links: order-independent, one per connection, cuts for ever, anchors, bounded keys, leads."""

from __future__ import annotations

from itertools import pairwise

from histories import promise
from hypothesis import given
from hypothesis import strategies as st

from conflict.claim import NEVER
from conflict.links import KEY_BOUND, Node, components, followers, suspects

MANY = frozenset({"stripe"})
KEYS = [f"{connection}:things:{n}" for connection in ("hubspot", "stripe", "zendesk") for n in "123"]


@st.composite
def nodes(draw: st.DrawFn) -> list[Node]:
    return [
        Node(
            key,
            key.partition(":")[0],
            draw(st.integers(0, 2) | st.just(NEVER)),
            tuple(draw(st.frozensets(st.sampled_from("pqrs"), max_size=3))),
            draw(st.none() | st.none() | st.sampled_from(["acc_1", "acc_2"])),
            draw(st.booleans()),
        )
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True))
    ]


pairs = st.frozensets(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda pair: pair[0] != pair[1]), max_size=3
)


@promise
@given(nodes(), pairs, pairs, st.randoms(use_true_random=False))
def test_links_do_not_depend_on_the_order_of_records(
    found: list[Node], joins: frozenset, cuts: frozenset, random: object
) -> None:
    once = components(found, many=MANY, joins=joins, cuts=cuts)
    random.shuffle(found)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    backwards = [(b, a) for a, b in joins], [(b, a) for a, b in cuts]
    assert components(found, many=MANY, joins=backwards[0], cuts=backwards[1]) == once
    assert sorted(key for group in once for key in group) == sorted(node.key for node in found)


@promise
@given(nodes(), pairs)
def test_one_living_record_of_a_connection_on_a_golden_record(found: list[Node], cuts: frozenset) -> None:
    living = {node.key for node in found if not node.deleted}
    for group in components(found, many=MANY, cuts=cuts):
        for connection in ("hubspot", "zendesk"):
            assert sum(key.startswith(connection) for key in living.intersection(group)) <= 1


@promise
@given(nodes(), pairs, pairs)
def test_a_cut_pair_is_never_joined_again(found: list[Node], joins: frozenset, cuts: frozenset) -> None:
    for group in components(found, many=MANY, joins=joins, cuts=cuts):
        assert not any({a, b} <= set(group) for a, b in cuts)


@promise
@given(nodes(), st.sampled_from(KEYS), st.sampled_from(KEYS))
def test_a_cut_splits_its_own_group_and_leaves_the_others(found: list[Node], a: str, b: str) -> None:
    found = [node._replace(connection="stripe") for node in found]
    after = components(found, many=MANY, cuts=[(a, b)] if a != b else [])
    assert {group for group in components(found, many=MANY) if not {a, b} <= set(group)} <= set(after)


def test_an_anchor_survives_an_older_duplicate() -> None:
    old, new = Node("hubspot:things:1", "hubspot", 0, ("p",)), Node("hubspot:things:2", "hubspot", 2, ("p",))
    stripe = Node("stripe:things:1", "stripe", 1, ("p",))
    assert components([new, stripe], many=MANY) == [("hubspot:things:2", "stripe:things:1")]
    assert components([old, new, stripe], many=MANY) == [("hubspot:things:1", "stripe:things:1"), ("hubspot:things:2",)]
    anchored = [old, new._replace(anchor="acc_1"), stripe._replace(anchor="acc_1")]
    assert components(anchored, many=MANY) == [("hubspot:things:1",), ("hubspot:things:2", "stripe:things:1")]


def test_a_tombstone_takes_no_other_records_place() -> None:
    gone = Node("hubspot:things:1", "hubspot", 0, ("p",), "acc_1", deleted=True)
    anew, stripe = Node("hubspot:things:2", "hubspot", 2, ("p",)), Node("stripe:things:1", "stripe", 1, ("p",), "acc_1")
    assert components([gone, anew, stripe], many=MANY) == [("hubspot:things:1", "hubspot:things:2", "stripe:things:1")]
    assert len(components([gone._replace(deleted=False), anew, stripe], many=MANY)) == 2


def test_a_steward_may_link_two_records_of_one_connection() -> None:
    two = [Node("hubspot:things:1", "hubspot", 5), Node("hubspot:things:2", "hubspot", 2)]
    assert components(two, joins=[("hubspot:things:2", "hubspot:things:1")]) == [("hubspot:things:1", "hubspot:things:2")]
    assert followers(two) == {"hubspot:things:1"}
    assert followers(two, leads={"hubspot:things:1"}) == {"hubspot:things:2"}


def test_a_key_that_too_many_hold_is_no_key() -> None:
    few = [Node(f"stripe:things:{n}", "stripe", n, ("p",)) for n in range(KEY_BOUND)]
    assert len(components(few, many=MANY)) == 1
    assert len(components([*few, Node("stripe:things:one-more", "stripe", 0, ("p",))], many=MANY)) == KEY_BOUND + 1


def test_records_of_unknown_age_come_last() -> None:
    unknown, known = Node("hubspot:things:1", "hubspot", NEVER), Node("hubspot:things:2", "hubspot", 9)
    assert followers([unknown, known]) == {"hubspot:things:1"}


def test_what_shares_a_key_and_is_not_one_is_a_suspected_duplicate() -> None:
    three = [Node(f"hubspot:things:{n}", "hubspot", n, ("p",)) for n in range(3)]
    groups = components(three)
    names = [node.key for node in three]
    assert suspects(three, groups) == sorted([*pairwise(names), (names[0], names[2])])
    assert suspects(three, groups, cuts=[(names[1], names[0])]) == [(names[0], names[2]), (names[1], names[2])]
