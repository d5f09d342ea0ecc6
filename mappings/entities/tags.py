"""The one list of tags, with the other spellings that people use for them."""

from __future__ import annotations

from typing import NamedTuple

from mappings.fields import N_


class Tags(NamedTuple):
    values: dict[str, str]
    aliases: dict[str, str]


TAGS = Tags(
    values={
        "beta": N_("Beta"),
        "champion": N_("Champion"),
        "competitor_threat": N_("Competitor threat"),
        "design_partner": N_("Design partner"),
        "early_adopter": N_("Early adopter"),
        "enterprise": N_("Enterprise"),
        "expansion": N_("Expansion"),
        "pilot": N_("Pilot"),
        "priority": N_("Priority"),
        "reference": N_("Reference"),
        "regulated": N_("Regulated"),
        "self_serve": N_("Self-serve"),
        "startup": N_("Start-up"),
        "vip": N_("VIP"),
        "watch": N_("Watch"),
    },
    aliases={
        "beta tester": "beta",
        "design partner": "design_partner",
        "early adopter": "early_adopter",
        "ent": "enterprise",
        "expand": "expansion",
        "poc": "pilot",
        "proof of concept": "pilot",
        "trial project": "pilot",
        "prio": "priority",
        "high priority": "priority",
        "referenceable": "reference",
        "case study": "reference",
        "self-serve": "self_serve",
        "selfserve": "self_serve",
        "start-up": "startup",
        "v.i.p.": "vip",
        "watchlist": "watch",
    },
)
