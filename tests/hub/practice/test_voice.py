"""What the demo prints for people, whole and to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from hub import words
from hub.practice.voice import NONE, Story

TITLES = {"stripe": "Stripe", "hubspot": "HubSpot", "zendesk": "Zendesk", "mixpanel": "Mixpanel"}
SHOWN = """
Concord practice run · Lanternfish Software, 122 invented customers            seed 7 · 24 s
          read              linked        sent  not accepted     waiting
Stripe    121 + 121            242           9             @           @
HubSpot   121 + 240            361          13             1           @
Zendesk    92 + 150            242          10             1           @
Mixpanel   98                   98           0             @           @
26 differences decided by rule · 6 blanks filled · 0 decisions · 1 possible duplicate · second round: 0 sent
ARR   USD 256,883.88   EUR 45,480.00   JPY 576,000     CRM matches in 113 of 114 rows, one is billed but unknown there
""".replace("@", NONE)
READ = {
    "stripe": {"customers": ("account", 121), "subscriptions": ("subscription", 121), "prices": ("price", 9)},
    "hubspot": {"companies": ("account", 121), "contacts": ("contact", 240)},
    "zendesk": {"organizations": ("account", 92), "users": ("contact", 150)},
    "mixpanel": {"groups": ("account", 98)},
}
COUNTS = {"stripe": (9, 0), "hubspot": (13, 1), "zendesk": (10, 1), "mixpanel": (0, 0)}


def report(**others: Any) -> dict[str, Any]:
    return {
        "quiet": True,
        "seconds": 24.2,
        "connections": {name: {"sent": sent, "refused": refused, "waiting": 0} for name, (sent, refused) in COUNTS.items()},
        "objects": {
            name: {object: {"entity": entity, "read": count, "linked": count} for object, (entity, count) in objects.items()}
            for name, objects in READ.items()
        },
        "differences_decided": 26,
        "blanks_filled": 6,
        "conflicts": 0,
        "duplicates": [{}],
        "second_round_writes": 0,
        "arr": {"JPY": "576000", "USD": "256883.88", "EUR": "45480.00"},
        "arr_rows": {"rows": 114, "matching": 113, "unknown": 1},
        **others,
    }


def story() -> Story:
    return Story(words.text, 7, "Lanternfish Software, 122 invented customers", TITLES)


def test_the_report_of_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    story().report(report(), None)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == SHOWN.rstrip("\n").split("\n")


def test_who_stays_is_told_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    story().report(report(), "http://127.0.0.1:8400/tour")
    assert capsys.readouterr().out.endswith("\nOpen http://127.0.0.1:8400/tour   Ctrl-C ends the practice run.\n")


def test_who_did_not_get_quiet_claims_no_second_round(capsys: pytest.CaptureFixture[str]) -> None:
    story().report(report(quiet=False, second_round_writes=None, arr={}), None)
    told = capsys.readouterr().out
    assert "Not quiet yet after 24 s · Lanternfish Software" in told
    assert f"second round: {NONE} sent" in told
    assert "ARR" not in told
