"""Webhook signatures: over the raw bytes, in constant time, five minutes both ways, old and new secret during a rotation.

Each function returns nothing or raises `Rejected('signature', why=…)`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Self

from pydantic import AwareDatetime, Field, SecretStr, model_validator

from connectors.kit.contract import Config, Request
from connectors.kit.errors import Rejected

TOLERANCE = 300.0
HUBSPOT_DECODED = ["3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B"]  # exactly these, says HubSpot

Hash = Callable[..., "hashlib._Hash"]
Secrets = Sequence[str]


class RotatingConfig(Config):
    """Settings with a secret that is changed while webhooks come: `…_before` is good until `…_before_until`."""

    @model_validator(mode="after")
    def _old_secrets_end(self) -> Self:
        for name in type(self).model_fields:
            if name.endswith("_before") and getattr(self, name) is not None and getattr(self, f"{name}_until") is None:
                raise ValueError(f"{name} needs {name}_until: the moment from which it is refused")
        return self


class SignedConfig(RotatingConfig):
    """The settings of a connection whose vendor signs webhooks with a secret of their own."""

    webhook_secret: SecretStr | None = Field(
        None, title="Webhook secret", description="Without it Concord only asks", min_length=1
    )
    webhook_secret_before: SecretStr | None = Field(
        None, title="Webhook secret before", description="The old one, while it is being changed", min_length=1
    )
    webhook_secret_before_until: AwareDatetime | None = Field(
        None, title="Old webhook secret until", description="After this moment it is refused", examples=["2026-12-01T00:00:00Z"]
    )

    def secrets(self, now: datetime) -> list[str]:
        """Those that may have signed a webhook that arrives at `now`."""
        return usable(self.webhook_secret, self.webhook_secret_before, self.webhook_secret_before_until, now)


def usable(secret: SecretStr | None, before: SecretStr | None, until: datetime | None, now: datetime) -> list[str]:
    """The secret, and the one before it up to the moment that the operator named: without one it is not accepted at all."""
    old = before if until is not None and now < until else None
    return [one.get_secret_value() for one in (secret, old) if one is not None]


def stripe(request: Request, secrets: Secrets, now: datetime, *, name: str = "stripe-signature") -> None:
    """`t=<unix seconds>,v1=<hex>[,v1=…]`. https://docs.stripe.com/webhooks#verify-manually"""
    parts = [part.strip().partition("=") for part in _header(request, name).split(",")]
    stamp = next((value for key, _, value in parts if key == "t"), "")
    _fresh(_unix(stamp), now)
    _check(
        _hex(secrets, stamp.encode() + b"." + request.body),
        [value for key, _, value in parts if key == "v1"],
    )


def recurly(request: Request, secrets: Secrets, now: datetime, *, name: str = "recurly-signature") -> None:
    """`<unix milliseconds>,<hex>[,<hex>…]`. https://docs.recurly.com/recurly-subscriptions/docs/webhooks"""
    stamp, *given = (part.strip() for part in _header(request, name).split(","))
    _fresh(_unix(stamp) / 1000, now)
    _check(_hex(secrets, stamp.encode() + b"." + request.body), given)


def hubspot_v3(request: Request, secrets: Secrets, now: datetime, *, url: str | None = None) -> None:
    """`url`: the public address, where a proxy changed it. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation

    Older versions are never looked at: they carry no time.
    """
    stamp = _header(request, "x-hubspot-request-timestamp")
    _fresh(_unix(stamp) / 1000, now)
    said = request.method.upper() + _hubspot_uri(url or request.url)
    message = said.encode() + request.body + stamp.encode()
    _check(_base64(secrets, message), [_header(request, "x-hubspot-signature-v3")])


def zendesk(request: Request, secrets: Secrets, now: datetime) -> None:
    """Time (ISO 8601) and body, base64; the secret is used as it stands. https://developer.zendesk.com/documentation/webhooks/verifying/"""
    stamp = _header(request, "x-zendesk-webhook-signature-timestamp")
    _fresh(_iso(stamp), now)
    _check(_base64(secrets, stamp.encode() + request.body), [_header(request, "x-zendesk-webhook-signature")])


def slack(request: Request, secrets: Secrets, now: datetime) -> None:
    """`v0=<hex>` over `v0:<unix seconds>:<body>`. https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    stamp = _header(request, "x-slack-request-timestamp")
    _fresh(_unix(stamp), now)
    given = _header(request, "x-slack-signature")
    _check([f"v0={digest}" for digest in _hex(secrets, f"v0:{stamp}:".encode() + request.body)], [given])


def hmac_hex(request: Request, secrets: Secrets, *, name: str, prefix: str = "", hash: Hash = hashlib.sha256) -> None:
    """The body alone, hex; no time in it, so a replay is only stopped by the event's id."""
    _check([prefix + digest for digest in _hex(secrets, request.body, hash)], [_header(request, name)])


def hmac_base64(request: Request, secrets: Secrets, *, name: str, prefix: str = "", hash: Hash = hashlib.sha256) -> None:
    """The body alone, base64; no time in it, so a replay is only stopped by the event's id."""
    _check([prefix + digest for digest in _base64(secrets, request.body, hash)], [_header(request, name)])


def shared_token(request: Request, secrets: Secrets, *, name: str) -> None:
    """A fixed word in a header, for vendors that sign nothing."""
    _check(_usable(secrets), [_header(request, name)])


def _header(request: Request, name: str) -> str:
    value = request.headers.get(name)
    if value is None:
        raise _refused("missing")
    return value


def _usable(secrets: Secrets) -> list[str]:
    if not secrets or not all(secrets):
        raise _refused("no_secret")  # an empty secret would accept anybody
    return list(secrets)


def _hex(secrets: Secrets, message: bytes, hash: Hash = hashlib.sha256) -> list[str]:
    return [hmac.new(secret.encode(), message, hash).hexdigest() for secret in _usable(secrets)]


def _base64(secrets: Secrets, message: bytes, hash: Hash = hashlib.sha256) -> list[str]:
    return [base64.b64encode(hmac.new(secret.encode(), message, hash).digest()).decode() for secret in _usable(secrets)]


def _check(right: Iterable[str], given: Sequence[str]) -> None:
    """Every pair is compared, whatever came before."""
    same = [hmac.compare_digest(one.encode(), other.encode()) for one in right for other in given[:16]]
    if not any(same):
        raise _refused("wrong")


def _fresh(seconds: float, now: datetime) -> None:
    if not abs(now.timestamp() - seconds) <= TOLERANCE:
        raise _refused("time")


def _unix(text: str) -> float:
    if re.fullmatch(r"[0-9]{1,16}", text) is None:
        raise _refused("time")
    return float(text)


def _iso(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _refused("time") from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _hubspot_uri(url: str) -> str:
    for code in HUBSPOT_DECODED:
        url = re.sub(f"%{code}", chr(int(code, 16)), url, flags=re.IGNORECASE)
    return url


def _refused(why: str) -> Rejected:
    return Rejected("signature", why=why)
