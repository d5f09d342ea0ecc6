"""The ARR policy: one key per contested point, each with a default and named alternatives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from hub.finance.money import Rounding

NAME = "net_billed_run_rate_v1"

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
    "sign_off": ("four_eyes",),
}

_A_YEAR = {
    "week": {"52": Fraction(52), "365/7": Fraction(365, 7), "4.33x12": Fraction("51.96"), "360/7": Fraction(360, 7)},
    "day": {"365": Fraction(365), "365.25": Fraction("365.25"), "360": Fraction(360)},
}


class PolicyError(ValueError):
    """A key or value that no policy has: `code`, `key`, `value`, and `nearest`, the valid word closest to it."""

    def __init__(self, code: str, key: str, value: Any = None, nearest: str | None = None) -> None:
        super().__init__(f"{code}: {key}={value!r}" + (f" (nearest: {nearest})" if nearest else ""))
        self.code, self.key, self.value, self.nearest = code, key, value, nearest


@dataclass(frozen=True, slots=True)
class Policy:
    """How contested points of ARR are decided; the defaults are net_billed_run_rate_v1. `past_due_days` is set by
    `past_due: {count_days: n}`."""

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

    @property
    def version(self) -> str:
        """A short hash of every choice: equal for equal policies."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]

    @property
    def label(self) -> str:
        """The name to show on every figure, with each choice that is not the default."""
        changed = [f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != f.default]
        return " ".join([NAME, *changed])

    def periods_a_year(self, interval: str) -> Fraction | None:
        """How many of `interval` a year has; None for a word that is no interval."""
        fixed = {"month": Fraction(12), "year": Fraction(1)}
        if interval in fixed:
            return fixed[interval]
        return _A_YEAR[interval][getattr(self, interval)] if interval in _A_YEAR else None


def from_document(document: Mapping[str, Any]) -> Policy:
    """A policy from a mapping of its keys; raises `PolicyError` for an unknown key or value."""
    chosen: dict[str, Any] = {}
    for key, value in document.items():
        if key not in CHOICES:
            raise PolicyError("unknown_policy_key", key, value, _nearest(key, CHOICES))
        if key == "past_due" and isinstance(value, Mapping):
            chosen |= {"past_due": "count_days", "past_due_days": _days(value)}
        else:
            chosen[key] = _choice(key, value)
    return Policy(**chosen)


def load_policy(path: Path) -> Policy:
    """A policy from a YAML file; an empty file is the default policy."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError("policy_not_yaml", str(path), str(error)) from error
    if document is None:
        return Policy()
    if not isinstance(document, dict):
        raise PolicyError("policy_not_a_mapping", str(path), document)
    return from_document({str(key): value for key, value in document.items()})


def _choice(key: str, value: Any) -> str:
    # YAML reads a bare 52 as a number, a bare on or off as a boolean.
    word = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
    if word not in CHOICES[key]:
        raise PolicyError("unknown_policy_value", key, value, _nearest(word, CHOICES[key]))
    return word


def _days(value: Mapping[str, Any]) -> int:
    days = value.get("count_days")
    if set(value) != {"count_days"} or not isinstance(days, int) or isinstance(days, bool) or days < 0:
        raise PolicyError("unknown_policy_value", "past_due", dict(value), "{count_days: 30}")
    return days


def _nearest(word: str, known: Any) -> str | None:
    return next(iter(get_close_matches(word, list(known), n=1)), None)
