"""What Stripe's refusals mean to the hub. https://docs.stripe.com/error-low-level"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Unclear, VendorError

PERMISSIONS = "https://docs.stripe.com/keys/restricted-api-keys"
KEYS = "https://docs.stripe.com/keys"
_permission = re.compile(rb"rak_[a-z_]+")


def refusal(status: int, headers: Mapping[str, str], content: bytes, *, writing: bool) -> VendorError:
    """Stripe's own sentence is passed on only where it cannot hold a part of the key."""
    error = _error(content)
    code = str(error.get("code") or "")
    if status == 401:
        return AuthFailed("bad_key", page=KEYS)
    if status == 403:
        return AuthFailed("missing_scope", scope=_scope(content), page=PERMISSIONS)
    if status == 429 or code in {"rate_limit", "lock_timeout"}:
        return _slow_down(code, headers)
    if status >= 500:
        replayed = headers.get("Idempotent-Replayed") == "true"
        return Unclear("server_error", status=status, replayed=replayed) if writing else Retry("server_error", status=status)
    if status == 409 or code == "idempotency_key_in_use":
        return Retry("in_use", stripe=code)
    if error.get("type") == "idempotency_error":
        return Rejected("key_reused")
    if not 400 <= status < 500:
        return Retry("strange_status", status=status)
    return _rejected(status, code, error, writing=writing)


def _rejected(status: int, code: str, error: dict[str, Any], *, writing: bool) -> VendorError:
    """A read names only the record itself, by a word of its own for some objects (`invoice`, `price`)."""
    param = str(error.get("param") or "")
    if status == 404 and (not writing or param in {"", "id", "customer"}):
        return Gone("gone", stripe=code)
    return Rejected(code or "invalid_request", param=param, said=str(error.get("message") or "")[:500])


def _slow_down(code: str, headers: Mapping[str, str]) -> Retry:
    """Stripe documents no Retry-After; the reason tells a limit from a lock."""
    if code == "lock_timeout":
        return Retry("locked")
    return Retry("rate_limited", after=_seconds(headers.get("Retry-After")), quota=headers.get("Stripe-Rate-Limited-Reason"))


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _scope(content: bytes) -> str:
    found = _permission.search(content)
    return found.group().decode() if found else ""


def _error(content: bytes) -> dict[str, Any]:
    """`{}` for a body that is not Stripe's."""
    try:
        answer = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}
