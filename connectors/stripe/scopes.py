"""What a key may read: proved by asking, because a restricted key cannot be asked what it is.

Whether it may write shows at the first write only (`AuthFailed`): the one way to ask would be to write.
"""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.kit.contract import Checked
from connectors.kit.errors import AuthFailed
from connectors.stripe.client import Client
from connectors.stripe.kinds import KINDS
from connectors.stripe.refusals import PERMISSIONS


def check(client: Client) -> Checked:
    """Raises `AuthFailed` for a bad key."""
    missing: list[tuple[str, str]] = []
    workspace = _workspace(client, missing)
    reads = {name for name, kind in KINDS.items() if _allowed(client, kind.path, missing)}
    if not _allowed(client, "/v1/events", missing):
        reads.clear()  # without events no change would ever be seen
    return Checked(workspace, frozenset(reads), frozenset(reads & {"customers"}), tuple(missing))


def _workspace(client: Client, missing: list[tuple[str, str]]) -> str:
    """The account's name; a restricted key may be kept from it, which hinders nothing else."""
    try:
        account: dict[str, Any] = msgspec.json.decode(client.get("/v1/account"))
    except AuthFailed as error:
        _note(error, "account", missing)
        return ""
    named = ((account.get("settings") or {}).get("dashboard") or {}).get("display_name")
    return str(named or (account.get("business_profile") or {}).get("name") or account.get("id") or "")


def _allowed(client: Client, path: str, missing: list[tuple[str, str]]) -> bool:
    try:
        client.get(path, limit=1)
    except AuthFailed as error:
        _note(error, f"{path.removeprefix('/v1/')} read", missing)
        return False
    return True


def _note(error: AuthFailed, wanted: str, missing: list[tuple[str, str]]) -> None:
    if error.code != "missing_scope":
        raise error
    missing.append((error.data.get("scope") or wanted, PERMISSIONS))
