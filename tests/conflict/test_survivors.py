"""Which claim survives: every strategy, blanks and clearings, baseline, decisions, references, rollups."""

from __future__ import annotations

from typing import Any

import pytest
from histories import CONNECTIONS, sheet

from conflict.claim import NEVER, Cell, Echo, Own
from conflict.decisions import Decision
from conflict.rules import BoundRules, load_rules
from conflict.settle import Missing, Rolled, Settled, Verdict, conflict_id, settle
from conflict.sheet import Sheet
from mappings.fields import Entity, Field
from mappings.types import Bool, Consent, Int, Map, Money, MoneyType, Ref, RefValue, Set, Text

ENTITY = Entity(
    "account",
    "Account",
    {
        name: Field(name, type, name, name, rollup="arr" if name == "arr" else None)
        for name, type in (
            ("f", Int()),
            ("name", Text()),
            ("flag", Bool()),
            ("fee", MoneyType()),
            ("arr", Int()),
            ("tags", Set(Text())),
            ("consents", Map(Consent())),
            ("owner", Ref("user")),
            ("accounts", Set(Ref("account"))),
        )
    },
)


def own(value: Any, after: int = NEVER, at: int = 10, position: int = 1, **more: Any) -> Cell:
    return Cell(Own(value, after, at, position, **more))


def first(value: Any, at: int = 10) -> Cell:
    return own(value, at=at, first=True)


def said(key: str = "f", /, **by: Cell) -> list[Sheet]:
    return [sheet(connection)._replace(cells={key: cell}) for connection, cell in by.items()]


def bound(rule: str, field: str = "f") -> BoundRules:
    text = f'account:\n  "*": {{order: [a, b, c]}}\n  {field}: {rule}\n'
    return load_rules(text, {"account": ENTITY}, CONNECTIONS).bind({name: frozenset() for name in CONNECTIONS})


def verdict(rule: str, sheets: list[Sheet], key: str = "f", **more: Any) -> Verdict:
    return settled(rule, sheets, key, **more).verdicts[key]


def settled(rule: str, sheets: list[Sheet], key: str = "f", **more: Any) -> Settled:
    return settle(ENTITY, bound(rule, key.partition(":")[0]), sheets, **({"now": 100} | more))


ORDER = "{order: [a, b, c]}"
LATEST = "{latest: all}"
UNSURE = "{latest: all, unsure: ask}"
ASK = "{ask: true}"


@pytest.mark.parametrize(
    ("rule", "by", "value", "reason", "winner"),
    [
        (ORDER, {"b": first(2)}, 2, "only", "b"),
        (ORDER, {"a": first(1), "b": first(2)}, 1, "first", "a"),
        (ORDER, {"a": first(None), "b": first(2)}, 2, "fallback", "b"),
        (ORDER, {"a": first(0), "b": first(2)}, 0, "first", "a"),
        ("{order: [c, a]}", {"a": first(1), "c": first(3)}, 3, "first", "c"),
        ("{order: [a], locked: true}", {"a": first(1), "b": own(2, 20, 30)}, 1, "owned", "a"),
        ("{order: [c]}", {"b": own(2, 20, 30), "c": first(3)}, 3, "first", "c"),
        ("{order: [c]}", {"a": first(1), "b": first(2)}, 1, "first", "a"),
        (LATEST, {"a": own(1, 10, 20), "b": own(2, 20, 30)}, 2, "newest", "b"),
        (LATEST, {"a": own(1, 10, 25), "b": own(2, 20, 30)}, 1, "unsure_ordered", "a"),
        (UNSURE, {"a": own(1, 10, 25), "b": own(1, 20, 30)}, 1, "newest", "a"),
        (UNSURE, {"a": first(1), "b": first(2)}, 1, "baseline", "a"),
        (ASK, {"a": first(1), "b": first(2)}, 1, "baseline", "a"),
        ("{latest: [c, b], unsure: ask}", {"b": first(2), "c": first(3)}, 3, "baseline", "c"),
        ("{latest: [c]}", {"a": own(1, 20, 30), "c": own(3, 10, 20)}, 3, "newest", "c"),
        ("{pick: highest}", {"a": first(1), "b": first(2)}, 2, "strictest", "b"),
        ("{pick: lowest}", {"a": first(1), "b": first(2)}, 1, "strictest", "a"),
        ("{order: [a], blank: counts}", {"a": first(None), "b": first(2)}, None, "first", "a"),
    ],
)
def test_a_settled_value(rule: str, by: dict[str, Cell], value: Any, reason: str, winner: str) -> None:
    found = verdict(rule, said(**by))
    assert (found.state, found.value, found.reason, found.winner) == ("settled", value, reason, f"{winner}:things:1")
    assert settled(rule, said(**by)).values == {"f": value}


@pytest.mark.parametrize(
    ("rule", "by", "reason", "rivals"),
    [
        (UNSURE, {"a": own(1, 10, 25), "b": own(2, 20, 30)}, "contested", "ab"),
        (UNSURE, {"a": own(1, 10, 25), "b": own(2, 20, 30), "c": first(3)}, "contested", "ab"),
        (ASK, {"a": first(1), "b": own(2, 20, 30)}, "ask", "ab"),
    ],
)
def test_a_contested_field_has_no_agreed_value(rule: str, by: dict[str, Cell], reason: str, rivals: str) -> None:
    found = verdict(rule, said(**by))
    assert (found.state, found.reason) == ("contested", reason)
    assert found.rivals == tuple(f"{name}:things:1" for name in rivals)
    assert settled(rule, said(**by)).values == {}


def test_amounts_in_two_currencies_are_not_compared() -> None:
    by = said("fee", a=first(Money(1, "USD")), b=first(Money(2, "EUR")))  # type: ignore[arg-type]  # only compared here
    assert verdict("{pick: highest}", by, "fee").reason == "contested"


@pytest.mark.parametrize("rule", [ORDER, LATEST, UNSURE, ASK, "{pick: highest}"])
def test_a_clearing_silences_what_is_older_or_the_very_value_it_cleared(rule: str) -> None:
    cleared = own(None, 20, 30, cleared=7)
    assert verdict(rule, said(a=own(5, 5, 15), b=cleared)).reason == "cleared"
    assert verdict(rule, said(a=own(7, 15, 25), b=cleared)).reason == "cleared"
    assert verdict(rule, said(a=own(5, 15, 25), b=cleared)).value == 5
    assert verdict(rule, said(a=own(7, 30, 40), b=cleared)).value == 7


@pytest.mark.parametrize("rule", [ORDER, LATEST, UNSURE, ASK, "{pick: highest}"])
def test_a_blank_from_the_start_silences_nothing(rule: str) -> None:
    assert verdict(rule, said(a=own(None, 20, 30), b=own(5, 5, 15))).value == 5


def test_an_unnamed_clearing_does_not_touch_a_named_value() -> None:
    assert verdict("{order: [c]}", said(a=own(None, 20, 30, cleared=3), c=first(3))).value == 3


def test_the_agreed_blank_is_a_value_to_write_and_nothing_seen_is_not() -> None:
    assert settled(ORDER, said(a=first(None))).values == {"f": None}
    assert settled(ORDER, []).values == {}
    assert settled("{order: [a], locked: true}", said(b=first(2))).values == {}


def echo(sent: Any, origin: str, position: int, covers: bool = True) -> Echo:
    return Echo(sent, sent, "m1", origin, position, covers)


def test_covered_claims_are_silent_and_echoes_never_win_over_a_claim() -> None:
    covered = Cell(Own(2, 20, 30, 1), echo(1, "a:things:1", 5))
    assert verdict(LATEST, said(a=own(1, 0, 10), b=covered)).winner == "a:things:1"


def test_if_nobody_speaks_the_echo_sent_last_does() -> None:
    found = verdict(ORDER, said(b=Cell(None, echo(1, "a:things:1", 5)), c=Cell(None, echo(2, "a:things:1", 6))))
    assert (found.state, found.value, found.reason, found.winner) == ("settled", 2, "echo", "a:things:1")


def test_what_is_only_held_never_speaks() -> None:
    assert settled(ORDER, said(a=Cell(None, Echo(9, None, "", "", 5, covers=True)))).values == {}


def test_tombstones_and_followers_are_silent() -> None:
    a, b = said(a=first(1), b=first(2))
    assert settled(ORDER, [a._replace(deleted=True), b]).values == {"f": 2}
    assert settled(ORDER, [a._replace(follower=True), b]).values == {"f": 2}
    assert settled(LATEST, [each._replace(follower=True) for each in said("tags:x", a=first(True))], "tags:x").values == {
        "tags": frozenset("x")
    }


def test_a_resolve_stands_until_somebody_says_something_else() -> None:
    a, b = own(1, 10, 25, 3), own(2, 20, 30, 4)
    resolve = Decision("resolve", "f", 2, 5, frozenset({("a:things:1", 3), ("b:things:1", 4)}))
    found = verdict(UNSURE, said(a=a, b=b), decisions=[resolve])
    assert (found.value, found.reason, found.winner) == (2, "person", "steward:5")
    assert verdict(UNSURE, said(a=own(9, 40, 50, 6), b=b), decisions=[resolve]).value == 9


def test_a_resolve_does_not_return_when_what_ended_it_is_deleted() -> None:
    resolve = Decision("resolve", "f", 2, 5, frozenset({("a:things:1", 3)}))
    later = Cell(Own(1, 10, 25, 3), echo(9, "c:things:1", 8))
    assert verdict(UNSURE, said(a=later), decisions=[resolve]).reason == "echo"


def test_a_pin_holds_until_it_expires_and_is_then_withdrawn() -> None:
    pin = Decision("pin", "f", 7, 5, until=200)
    by = said(a=Cell(Own(1, 10, 20, 1), echo(7, "steward:5", 6)), b=own(2, 5, 9))
    before, after = settled(ORDER, by, decisions=[pin], now=199), settled(ORDER, by, decisions=[pin], now=200)
    assert (before.values, before.verdicts["f"].reason, before.next) == ({"f": 7}, "kept", 200)
    assert (after.values, after.verdicts["f"].winner, after.next) == ({"f": 1}, "a:things:1", None)


def test_most_restrictive_is_denied_before_granted_before_unknown() -> None:
    by = {name: first({"state": state}) for name, state in (("a", "granted"), ("b", "denied"), ("c", "unknown"))}
    rule = "{pick: most_restrictive}"
    assert verdict(rule, said("consents:email", **by), "consents:email").winner == "b:things:1"
    del by["b"]
    assert verdict(rule, said("consents:email", **by), "consents:email").winner == "a:things:1"


def test_removal_travels_per_element() -> None:
    x = said("tags:x", a=first(True), b=own(False, 20, 30))
    y = said("tags:y", a=own(True, 20, 30))
    both = [x[0]._replace(cells=x[0].cells | y[0].cells), x[1]]
    found = settled(LATEST, both, "tags:x")
    assert found.values == {"tags": frozenset("y")}
    assert found.verdicts["tags:x"].reason == "set_removed"
    assert found.verdicts["tags:y"].reason == "set_added"


GOLDEN = {("a:things:1", "1"): "usr_1", ("b:things:1", "x"): "usr_1", ("b:things:1", "y"): "usr_2"}


def resolved(record: str, ref: RefValue) -> str | None:
    return GOLDEN.get((record, ref.id))


def test_references_are_equal_as_golden_records() -> None:
    by = said("owner", a=own(RefValue("o", "1"), 0, 20), b=own(RefValue("u", "x"), 5, 25))
    found = verdict(UNSURE, by, "owner", resolve=resolved)
    assert (found.state, found.value) == ("settled", "usr_1")
    by = said("owner", a=own(RefValue("o", "1"), 0, 20), b=own(RefValue("u", "y"), 5, 25))
    assert verdict(UNSURE, by, "owner", resolve=resolved).state == "contested"


def test_an_unresolved_reference_waits_and_has_no_agreed_value() -> None:
    by = said("owner", a=first(RefValue("o", "nobody")), b=first(RefValue("u", "x")))
    found = settled(ORDER, by, "owner", resolve=resolved)
    assert (found.verdicts["owner"].state, found.verdicts["owner"].reason, found.values) == ("none", "waiting", {})


def test_sets_of_references_unite_by_golden_record() -> None:
    by = [*said("accounts:o/1", a=first(True)), *said("accounts:u/x", b=first(True))]
    found = settled(LATEST, by, "accounts", resolve=resolved)
    assert found.values == {"accounts": frozenset({"usr_1"})}


def test_rollups_are_locked_and_arrive_settled() -> None:
    by = said("arr", b=own(9, 20, 30))
    sums = settled(ORDER, by, "arr", rolled={"arr": Rolled(12)})
    assert (sums.values, sums.verdicts["arr"].reason, sums.verdicts["arr"].winner) == ({"arr": 12}, "sum", "golden")
    assert settled(ORDER, by, "arr", rolled={"arr": Rolled(Missing.PARTIAL)}).verdicts["arr"].reason == "partial"
    for missing in (Missing.PARTIAL, Missing.NOT_SEEN):
        assert settled(ORDER, by, "arr", rolled={"arr": Rolled(missing)}).values == {}
    assert settle(ENTITY, bound(ORDER, "arr"), by, now=0).values == {}


def test_a_conflict_is_the_same_whenever_it_is_seen_and_in_whatever_order() -> None:
    claims = [("a:things:1", 1), ("b:things:1", (("x", 2),))]
    assert conflict_id("account", "a:things:1", "f", claims) == conflict_id("account", "a:things:1", "f", claims[::-1])
    assert conflict_id("account", "a:things:1", "f", claims) != conflict_id("account", "a:things:1", "name", claims)
