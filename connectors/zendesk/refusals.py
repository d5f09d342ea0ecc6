"""What Zendesk's refusals mean for the hub. https://developer.zendesk.com/api-reference/introduction/requests/#400-range"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.kit.errors import AuthFailed, Gone, Rejected, Stale, VendorError

LOGIN_PAGE = "https://developer.zendesk.com/api-reference/introduction/security-and-auth/"
SCOPES_PAGE = "https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/#scopes"
SAID = 300


def refusal(method: str, status: int, body: bytes) -> VendorError:
    """The error for an answer that is no success; limits and broken servers are the transport's."""
    said = _said(body)
    match status:
        case 401:
            return AuthFailed("token_refused", page=LOGIN_PAGE)
        case 403:
            return _forbidden(method, said)
        case 404 | 410:
            wrong_path = said.get("error") == "InvalidEndpoint"
            return Rejected("invalid", status=status, message=message(said)) if wrong_path else Gone("not_found")
        case 409:
            return Stale("moved", message=message(said))
        case _:
            return invalid(said, status)


def invalid(said: Mapping[str, Any], status: int = 422) -> Rejected:
    """`details`: by field a list of {"description", "error"}."""
    details = said.get("details")
    wrong = {
        str(name): ", ".join(str(each.get("error") or each.get("description")) for each in errors if isinstance(each, dict))
        for name, errors in (details.items() if isinstance(details, dict) else ())
        if isinstance(errors, list)
    }
    words = message(said)
    if _taken(wrong):
        return Rejected("exists", existing=words, properties=wrong)
    return Rejected("invalid", status=status, properties=wrong, message=words)


def message(said: Mapping[str, Any]) -> str:
    """What Zendesk says to people, whichever of its shapes it used."""
    error = said.get("error")
    words: list[Any] = [error.get("title"), error.get("message")] if isinstance(error, dict) else [error]
    words.append(said.get("description") or said.get("message"))
    details = said.get("details")
    if isinstance(details, dict):
        told = [each for errors in details.values() if isinstance(errors, list) for each in errors]
        words += [each.get("description") for each in told if isinstance(each, dict)]
    elif isinstance(details, str):
        words.append(details)
    return "; ".join(str(word) for word in words if word)[:SAID]


def _forbidden(method: str, said: Mapping[str, Any]) -> VendorError:
    """A token without a scope stops everything of its kind; what this user may not change is one record's matter."""
    words = message(said)
    named = re.search(r"scopes?: ([\w:, ]+)", words)
    if method == "GET" or "scope" in words:
        scope = named[1].strip() if named else "read" if method == "GET" else "write"
        return AuthFailed("scope_missing", scope=scope, page=SCOPES_PAGE, message=words)
    return Rejected("forbidden", status=403, message=words)


def _taken(wrong: Mapping[str, str]) -> bool:
    return any("DuplicateValue" in errors for errors in wrong.values())


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {"error": body[:SAID].decode(errors="replace")}
    return said if isinstance(said, dict) else {}
