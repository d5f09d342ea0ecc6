"""The ARR policy: one key per contested point, each with a default and named alternatives."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from hub.finance.money import Rounding
from mappings import documents
from mappings.documents import Document, Node

NAME, VERSION = "net_billed_run_rate_v1", "1"  # of what the rules mean; the choices among them are in the hash

CHOICES: dict[str, tuple[str, ...]] = {
    "past_due": ("count", "exclude"),  # or {count_days: n}
    "trialing": ("exclude", "include"),
    "pause": ("by_behavior", "include_all", "exclude_all"),
    "scheduled_cancellation": ("count", "exclude_at_request"),
    "metered": ("exclude", "flat_fee_only"),
    "tier_zero_fee": ("on", "off"),
    "line_rounding": ("half_up", "half_even", "none"),
    "discounts": ("in_force", "forever_only", "none", "all_including_once"),
    "discount_order": ("as_listed", "percent_first"),
    "discount_rounding": ("once", "per_line"),
    "tax": ("exclude", "include"),
    "week": ("52", "365/7", "4.33x12", "360/7"),
    "day": ("365", "365.25", "360"),
    "final_rounding": ("half_up", "half_even"),
    "grain": ("subscription", "item", "customer"),
    "sign_off": ("four_eyes", "single"),
}

_A_YEAR = {
    "week": {"52": Fraction(52), "365/7": Fraction(365, 7), "4.33x12": Fraction("51.96"), "360/7": Fraction(360, 7)},
    "day": {"365": Fraction(365), "365.25": Fraction("365.25"), "360": Fraction(360)},
}


@dataclass(frozen=True, slots=True)
class CloseAt:
    """When the books of a month are closed: on this day of the next month. `zone` is a name of the IANA time zones."""

    day: int
    time: time
    zone: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How contested points of ARR are decided; the defaults are net_billed_run_rate_v1. `past_due_days` is set by
    `past_due: {count_days: n}`. `close_at` is a schedule: no figure depends on it, so it is in neither label nor hash."""

    past_due: str = "count"
    past_due_days: int | None = None
    trialing: str = "exclude"
    pause: str = "by_behavior"
    scheduled_cancellation: str = "count"
    metered: str = "exclude"
    tier_zero_fee: str = "on"
    line_rounding: Rounding = "half_up"
    discounts: str = "in_force"
    discount_order: str = "as_listed"
    discount_rounding: str = "once"
    tax: str = "exclude"
    week: str = "52"
    day: str = "365"
    final_rounding: Rounding = "half_up"
    grain: str = "subscription"
    sign_off: str = "four_eyes"
    close_at: CloseAt | None = field(default=None, compare=False)

    @property
    def choices(self) -> dict[str, Any]:
        """Every choice that is in the hash, by key; JSON-able."""
        return {name: value for name, value in asdict(self).items() if name != "close_at"}

    @property
    def identity(self) -> dict[str, str]:
        """What stands on every figure."""
        return {"name": self.label, "version": VERSION, "hash": self.hash}

    @property
    def hash(self) -> str:
        """Of every choice: equal for equal policies."""
        return hashlib.sha256(json.dumps(self.choices, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def label(self) -> str:
        """The name to show on every figure, with each choice that is not the default."""
        changed = [f"{f.name}={self.choices[f.name]}" for f in fields(self) if self.choices.get(f.name, f.default) != f.default]
        return " ".join([NAME, *changed])

    def periods_a_year(self, interval: str) -> Fraction | None:
        """How many of `interval` a year has; None for a word that is no interval."""
        fixed = {"month": Fraction(12), "year": Fraction(1)}
        if interval in fixed:
            return fixed[interval]
        return _A_YEAR[interval][getattr(self, interval)] if interval in _A_YEAR else None


def load_policy(source: Path | str) -> Policy:
    """A policy from a YAML file, or from its text; keys left out keep their default. Raises `BadDocument`, naming every
    unknown key and value with its line and the nearest valid word."""
    document = documents.load(source, None if isinstance(source, Path) else "policy.yaml")
    chosen: dict[str, Any] = {}
    document.known_keys(document.root, (*CHOICES, "close_at"))
    for key, node in document.root.items.items():
        if key == "past_due" and not node.is_text:
            chosen |= {"past_due": "count_days", "past_due_days": _days(document, node)}
        elif key == "close_at":
            chosen[key] = _close_at(document, node)
        elif key in CHOICES:
            chosen[key] = document.word(node, CHOICES[key], "unknown_value")
    document.raise_errors()
    return Policy(**chosen)


def _days(document: Document, node: Node) -> int | None:
    document.known_keys(node, ("count_days",))
    if "count_days" not in node:
        document.error(node, "missing_key", word="count_days")
        return None
    days = document.integer(node["count_days"])
    if days is not None and days < 0:
        document.error(node["count_days"], "below_minimum", minimum=0)
    return days


_CLOSE_AT = ("day", "time", "zone")
_LAST_DAY = 28  # every month has it


def _close_at(document: Document, node: Node) -> CloseAt | None:
    if not isinstance(node.value, dict):
        document.error(node, "not_a_mapping")
        return None
    document.known_keys(node, _CLOSE_AT)
    if missing := [key for key in _CLOSE_AT if key not in node]:
        document.error(node, "missing_key", word=", ".join(missing))
        return None
    day, at = document.integer(node["day"]), _time(document, node["time"])
    if day is not None and not 1 <= day <= _LAST_DAY:
        document.error(node["day"], "not_a_day_of_every_month", word=str(day))
    zone = document.word(node["zone"], available_timezones(), "unknown_zone")
    return None if day is None or at is None or zone is None else CloseAt(day, at, zone)


def _time(document: Document, node: Node) -> time | None:
    text = document.string(node)
    try:
        at = time.fromisoformat(text)
    except ValueError:
        at = None
    if text and (at is None or at.tzinfo is not None):
        document.error(node, "not_a_time", word=text)
        return None
    return at
