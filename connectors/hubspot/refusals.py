"""What HubSpot's refusals mean for the hub. https://developers.hubspot.com/docs/api-reference/error-handling"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, VendorError

SCOPES_PAGE = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes"
KEYS_PAGE = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/account-service-keys"
HOUR = 3600.0
# Seconds until a call may be worth another try; the daily limit ends at midnight of the account, so we look once an hour.
POLICIES = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "DAILY": HOUR}
SAID = 300


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> VendorError:
    """The error for an answer that is no success; limits and broken servers are the transport's."""
    said = _said(body)
    message = str(said.get("message", ""))[:SAID]
    match status:
        case 401:
            return AuthFailed("token_refused", page=KEYS_PAGE)
        case 403:
            scopes = sorted(_scopes(said))
            return AuthFailed("scope_missing", scope=" ".join(scopes), page=SCOPES_PAGE)
        case 404:
            return Gone("not_found")
        case 409:
            existing = re.search(r"Existing ID: (\d+)", message)
            return Rejected("conflict", message=message) if existing is None else Rejected("exists", existing=existing[1])
        case 414:
            return Rejected("url_too_long")
        case 423:
            return Retry("locked", after=2.0)
        case 477:
            return Retry("migrating", after=_seconds(headers.get("retry-after")))
        case _:
            return rejected(said, status)


def rejected(said: Mapping[str, Any], status: int = 400) -> Rejected:
    """One refused write: from a whole answer, or from one row of a 207."""
    text = str(said.get("message", ""))
    wrong = {found[1]: found[0] for found in re.findall(r'"error":\s*"(\w+)".*?"name":\s*"([^"]+)"', text)}
    missing = sorted(name for name, error in wrong.items() if error == "PROPERTY_DOESNT_EXIST")
    if missing:
        return Rejected("property_missing", properties=missing)
    if text.lower().startswith("legal basis is required"):  # it has no code of its own
        return Rejected("legal_basis_missing")
    return Rejected("invalid", status=status, category=said.get("category", ""), properties=wrong, message=text[:SAID])


def limited(error: Retry) -> Retry:
    """The transport's 429, with the name of the limit that HubSpot says was hit."""
    found = re.search(r'"policyName"\s*:\s*"(\w+)"', str(error.data.get("said", "")))
    if error.code != "rate_limited" or found is None:
        return error
    return Retry(error.code, after=POLICIES.get(found[1], error.after), quota=found[1], status=429)


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _scopes(said: Mapping[str, Any]) -> set[str]:
    """`errors[].context.requiredGranularScopes`, as far as it has that shape."""
    found: set[str] = set()
    for error in said.get("errors") or []:
        context = error.get("context") if isinstance(error, dict) else None
        for key in ("requiredGranularScopes", "requiredScopes"):
            found.update(map(str, (context or {}).get(key) or []))
    return found


def _seconds(said: str | None) -> float:
    """HubSpot's data-centre moves give seconds; at most an hour is believed."""
    return min(float(said), HOUR) if said is not None and said.isdigit() else 60.0
