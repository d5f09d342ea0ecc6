"""One whole sentence for each reason, as product words have it; codes stay in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.cli import rim
from hub.cli.rim import _
from hub.sentences import N_

WHY = {
    "owned": N_("{value}, because only {winner} may set {field}."),
    "first": N_("{winner} comes first for {field}."),
    "fallback": N_("Who comes first for {field} has no value, so {winner}'s is used."),
    "newest": N_("{winner}'s edit is the newest: it was made {when}."),
    "unsure_ordered": N_("Nobody can tell which edit is newer. {winner} comes first for {field}."),
    "baseline": N_("The systems already differed when they were connected. {winner} comes first for {field}."),
    "contested": N_("Needs a decision: edits that nobody can put in order. Until then no system is changed."),
    "ask": N_("Needs a decision: the rule asks a person. Until then no system is changed."),
    "flapping": N_("Needs a decision: a system puts its own value back each time. Until then no system is changed."),
    "waiting": N_("Waits for the record it points at, which was not read yet."),
    "partial": N_("No value yet: not everything that it is made from was read and accepted."),
    "person": N_("{winner} chose this value. It stands until somebody edits the field."),
    "kept": N_("{winner} keeps this value until a set day."),
    "sum": N_("Made from the records that belong to it."),
    "strictest": N_("For {field} the strictest value wins: {winner}'s."),
    "set_added": N_("Added in {winner}."),
    "set_removed": N_("Removed in {winner}."),
    "cleared": N_("{winner} cleared it."),
    "only": N_("Only {winner} holds this field."),
    "none": N_("No system has a value."),
    "echo": N_("Written by Concord; nobody has said anything else since."),
}


def sentence(row: Mapping[str, Any]) -> str:
    """For one line of `hub explain`. A reason without a sentence is shown as it is."""
    told = WHY.get(row["reason"])
    if told is None:
        return str(row["reason"])
    winner = row["winner"] or {}
    count = len(winner.get("made_from", ()))
    return _(
        told,
        count=count,
        value=rim.plain(row["value"]),
        field=row["field"],
        winner=_who(winner),
        when=when(winner) or _("at an unknown time"),
    )


def _who(claim: Mapping[str, Any]) -> str:
    actor = claim.get("actor") or {}
    if claim.get("connection") == "steward":
        return str(actor.get("name") or _("A person"))
    return str(claim.get("connection") or _("Nobody"))


def when(claim: Mapping[str, Any]) -> str:
    """When a value came to be there, as exactly as anybody can know."""
    if claim.get("after"):
        return _("between {after} and {at}", after=claim["after"], at=claim["at"])
    return _("at or before {at}", at=claim["at"]) if claim.get("at") else ""
