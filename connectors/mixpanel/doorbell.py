"""Cohort Sync: who is in a cohort now, in batches. Each only says that profiles moved. https://docs.mixpanel.com/docs/cohort-sync/webhooks"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.kit.contract import Event, Request
from connectors.kit.errors import VendorError
from connectors.kit.reading import parse_json
from connectors.kit.signatures import shared_token
from connectors.mixpanel.config import MixpanelConfig

ACTIONS = frozenset({"members", "add_members", "remove_members"})


def admit(request: Request, config: MixpanelConfig, now: datetime) -> None:
    """There is no signature: the Basic authentication that was typed in at both ends is all there is.

    Raises `Rejected('signature')`, also where none was typed in here.
    """
    pairs = [f"{config.webhook_user}:{password}" for password in config.passwords(now)]
    shared_token(request, [f"Basic {base64.b64encode(pair.encode()).decode()}" for pair in pairs], name="authorization")


def understand(body: bytes, project: int) -> Event:
    """Members are people as a rule, so it rings for all profiles: one query, where each member would cost one.

    A batch that comes again after a failure has a new session: it rings again, and does no harm.
    """
    said = _said(body)
    if said is None:
        return Event("", "", body, bad="not_json")
    action, found = str(said.get("action", "")), said.get("parameters")
    if not isinstance(found, dict) or not action:
        return Event("", action, body, bad="not_an_event")
    session, page = found.get("mixpanel_session_id"), found.get("page_info")
    number = page.get("page_count", "") if isinstance(page, dict) else ""
    id = f"{session}/{action}/{number}" if session else ""
    if str(found.get("mixpanel_project_id", project)) != str(project):
        return Event(id, action, body, ignored="other_account")
    if action not in ACTIONS:
        return Event(id, action, body, ignored="not_read")
    return Event(id, action, body, pulls=("groups",))


def thanks(request: Request) -> Mapping[str, Any]:
    """Mixpanel wants its own word back."""
    return {"action": str((_said(request.body) or {}).get("action", "")), "status": "success"}


def _said(body: bytes) -> dict[str, Any] | None:
    try:
        said = parse_json(body)
    except VendorError:
        return None
    return said if isinstance(said, dict) else None
