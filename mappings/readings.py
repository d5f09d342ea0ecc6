"""Questions asked of golden values: consent as one word, and what is required but missing. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings.fields import Entity, Field
from mappings.values import is_blank

_STRICTEST_FIRST = ("denied", "granted", "unknown")
_TRANSACTIONAL = "transactional"
_CUSTOMER = frozenset({"onboarding", "live", "renewing"})


def strictest(states: Any) -> str:
    """Denied before granted before unknown; nothing said is unknown."""
    said = set(states)
    return next((state for state in _STRICTEST_FIRST if state in said), "unknown")


def marketing_consent(consents: Mapping[str, Any] | None) -> str:
    return strictest(_states(consents, transactional=False))


def transactional_consent(consents: Mapping[str, Any] | None) -> str:
    """Opting out of all marketing does not stop service messages."""
    return strictest(_states(consents, transactional=True))


def is_transactional(topic: str) -> bool:
    """Whether a topic is a service message, which marketing opt-outs do not stop."""
    return topic.startswith(_TRANSACTIONAL)


def _states(consents: Mapping[str, Any] | None, *, transactional: bool) -> list[str]:
    found = []
    for key, consent in (consents or {}).items():
        _, _, topic = key.partition("/")
        if consent is not None and is_transactional(topic) == transactional:
            found.append(consent["state"])
    return found


READINGS = {"marketing_consent": marketing_consent, "transactional_consent": transactional_consent}


def read(field: Field, values: Mapping[str, Any]) -> Any:
    """The value of a field that is a reading of another one."""
    return READINGS[field.name](values.get(field.reading or ""))


def missing(entity: Entity, values: Mapping[str, Any]) -> list[str]:
    """Required fields without a value: findings for their stewards, never refusals."""
    customer = values.get("status") == "customer" or values.get("lifecycle") in _CUSTOMER
    needed = {"always"} | ({"customer"} if customer else set())
    return [name for name, field in entity.fields.items() if field.required_when in needed and is_blank(values.get(name))]
