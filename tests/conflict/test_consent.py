"""Consent: denied in one system is denied in all, silence is no denial, and nobody is sent a topic that it does not offer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

from histories import CONNECTIONS, ENTITY, FIELDS, World, connections, doings, golden_bytes, promise
from hypothesis import given
from hypothesis import strategies as st

from conflict.plan import due
from conflict.rules import load_rules
from mappings.readings import marketing_consent, transactional_consent

MARKETING, REMINDERS, NEWS = "email/marketing", "email/transactional_renewal_reminders", "email/news"
TOPICS = (MARKETING, REMINDERS, NEWS)
RULES = load_rules(
    'account:\n  "*": {order: [a, b, c]}\n  consents: {pick: most_restrictive}\n', {"account": ENTITY}, CONNECTIONS
).bind({name: frozenset() for name in CONNECTIONS})

states = st.sampled_from(["granted", "denied", None])
answers = st.dictionaries(st.sampled_from(TOPICS), states)
offers = st.fixed_dictionaries({name: st.frozensets(st.sampled_from(TOPICS), min_size=1) for name in CONNECTIONS})
edits = st.tuples(st.just("edit"), connections, answers)
histories = st.lists(edits | doings | st.tuples(st.just("drop"), connections, st.sampled_from(TOPICS)), max_size=20)

Offers = Mapping[str, frozenset[str]]


class People(World):
    """A vendor holds the topics that it offers. What proves an answer is each vendor's own."""

    def __init__(self, offered: Offers) -> None:
        super().__init__(RULES, field="consents", norm=self.taken)
        self.offered = dict(offered)

    def taken(self, at: str, value: Mapping[str, Any]) -> dict[str, Any]:
        said = {topic: value.get(topic) for topic in sorted(self.offered[at])}
        states = {topic: each["state"] if isinstance(each, dict) else each for topic, each in said.items()}
        return {topic: None if state is None else {"state": state, "evidence": at} for topic, state in states.items()}

    def drop(self, at: str, topic: str) -> None:
        """The vendor takes a topic away; what people do is its business, not theirs."""
        self.offered[at] = self.offered[at] - {topic}
        if at in self.vendors:
            self.vendors[at] = self.taken(at, self.vendors[at])
            self.read(at)

    def send(self, at: str) -> None:
        planned, writes = self.plans.get(at), self.writes
        super().send(at)
        if planned is not None and self.writes > writes:  # else it was void: the topic went after it was planned
            assert set(planned[0].value) <= self.offered[at]

    def holds(self, at: str, topic: str) -> Any:
        held = self.vendors[at].get(topic)
        return None if held is None else held["state"]

    def agreed(self) -> dict[str, str]:
        return {topic: each["state"] for topic, each in self.settle().values.get("consents", {}).items()}


def met(offered: Offers, said: Mapping[str, Mapping[str, Any]], order: tuple[str, ...] = CONNECTIONS) -> People:
    """Three systems that meet for the first time, read in this order."""
    world = People(offered)
    for at in order:
        world.vendors[at], world.edited[at] = world.taken(at, said[at]), 1
    world.time = 2
    for at in order:
        world.read(at)
    return world


def strictest(topic: str, offered: Offers, said: Mapping[str, Mapping[str, Any]]) -> str | None:
    found = {said[at].get(topic) for at in CONNECTIONS if topic in offered[at]}
    return next((state for state in ("denied", "granted") if state in found), None)


everybody = st.fixed_dictionaries(dict.fromkeys(CONNECTIONS, answers))


@promise
@given(offers, everybody)
def test_denied_in_one_is_denied_in_all_and_silence_is_no_denial(offered: Offers, said: Any) -> None:
    world = met(offered, said)
    assert world.agreed() == {topic: state for topic in TOPICS if (state := strictest(topic, offered, said)) is not None}
    world.quiet(3)
    for at in CONNECTIONS:
        assert {topic: world.holds(at, topic) for topic in offered[at]} == {
            topic: strictest(topic, offered, said) for topic in offered[at]
        }
    assert world.quiet(2) == 0


@promise
@given(offers, everybody)
def test_the_order_of_the_systems_does_not_matter(offered: Offers, said: Any) -> None:
    assert len({golden_bytes(met(offered, said, order).settle()) for order in permutations(CONNECTIONS)}) == 1


@promise
@given(offers, everybody)
def test_a_write_names_only_topics_that_its_target_shows_and_that_differ(offered: Offers, said: Any) -> None:
    world = met(offered, said)
    for at in CONNECTIONS:
        planned = due(ENTITY, FIELDS, world.settle(), world.sheets[at], "m1")
        differ = {topic for topic in offered[at] if said[at].get(topic) != strictest(topic, offered, said)}
        assert {key.partition(":")[2] for each in planned for key in each.origin} == differ
        assert all(set(each.value) <= offered[at] for each in planned)


@promise
@given(offers, histories)
def test_writes_end_and_those_who_offer_a_topic_agree(offered: Offers, events: Any) -> None:
    world = People(offered)
    world.run(events)
    world.quiet(8)
    assert world.quiet(2) == 0
    for topic, state in world.agreed().items():
        held = {world.holds(at, topic) for at in world.vendors if topic in world.offered[at]}
        assert world.flaps or held <= {state}


@promise
@given(offers, histories, connections, st.sampled_from(TOPICS), st.booleans())
def test_a_no_stands_until_it_is_taken_back_where_it_was_said(
    offered: Offers, events: Any, who: str, topic: str, delivered: bool
) -> None:
    world = met({**offered, who: frozenset(TOPICS)}, {name: {} for name in CONNECTIONS})
    world.quiet(2)
    world.step(("edit", who, {topic: "denied"}))
    world.quiet(2 if delivered else 0)
    world.run(event for event in events if event[0] not in ("edit", "drop") or event[1] != who)
    world.quiet(8)
    assert world.flaps or all(world.holds(at, topic) == "denied" for at in CONNECTIONS if topic in world.offered[at])


@promise
@given(offers, everybody, st.sampled_from(TOPICS))
def test_a_topic_that_is_not_offered_any_more_takes_no_answer_back(offered: Offers, said: Any, topic: str) -> None:
    world = met({**offered, "a": frozenset(TOPICS)}, {**said, "a": {topic: "denied"}})
    world.quiet(3)
    world.step(("drop", "a", topic))
    world.quiet(3)
    assert all(world.holds(at, topic) == "denied" for at in ("b", "c") if topic in offered[at])


@promise
@given(offers, everybody, connections)
def test_no_to_marketing_leaves_service_messages_alone(offered: Offers, said: Any, who: str) -> None:
    world = met({**offered, who: frozenset(TOPICS)}, {name: {**said[name], REMINDERS: "granted"} for name in CONNECTIONS})
    world.quiet(2)
    world.step(("edit", who, {MARKETING: "denied", REMINDERS: "granted"}))
    world.quiet(3)
    consents = world.settle().values["consents"]
    assert (marketing_consent(consents), transactional_consent(consents)) == ("denied", "granted")
    assert {world.holds(at, REMINDERS) for at in CONNECTIONS if REMINDERS in world.offered[at]} == {"granted"}
