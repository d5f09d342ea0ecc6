"""Who may call: OAuth pairs that rotate and expire by the twin's clock, and the API tokens of before."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin.answers import Answer, Row, body_of, ok, problem

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

ACCESS = timedelta(minutes=30)
REFRESH = timedelta(days=30)
SCOPE = "read write"
GRANT = (
    "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired authorization token, "
    "bad end-user password credentials, or mismatching authorization code and redirection URI)."
)
BAD_TOKEN = "The access token provided is expired, revoked, malformed or invalid for other reasons."  # noqa: S105 - an error's text


@dataclass(slots=True)
class Pair:
    """`family`: all pairs that came from one sign-in; they die together. `refresh` None: client credentials give none."""

    family: int
    access: str
    refresh: str | None
    made: datetime
    spent: bool = False


class SignIn:
    """The first pair is there from the start, as if a person had agreed; its code is `twin.code`."""

    def __init__(self, twin: ZendeskTwin) -> None:
        self._twin = twin
        self._pairs: list[Pair] = []
        self._families = 0
        self.used_code = False
        self.first = self._begin(refresh=True)

    @property
    def refresh_token(self) -> str:
        """The living one of the first family; a spent one where it died."""
        of_first = [pair for pair in self._pairs if pair.family == self.first.family and pair.refresh is not None]
        return next((pair.refresh for pair in reversed(of_first) if pair.refresh and not pair.spent), self.first.refresh or "")

    @property
    def access_token(self) -> str:
        return next((pair.access for pair in reversed(self._pairs) if not pair.spent), "")

    def admit(self, request: httpx.Request) -> None:
        kind, _, said = request.headers.get("authorization", "").partition(" ")
        if self._twin.hit(Fault.TOKEN_EXPIRED):
            raise self.bad_token()
        if kind == "Bearer":
            pair = next((pair for pair in self._pairs if hmac.compare_digest(pair.access, said)), None)
            if pair is None or pair.spent or self._twin.clock.now() >= pair.made + ACCESS:
                raise self.bad_token()
            return
        right = base64.b64encode(f"{self._twin.email}/token:{self._twin.token}".encode()).decode()
        if kind != "Basic" or not hmac.compare_digest(right, said):
            raise Answer(401, {"error": "Couldn't authenticate you"})

    @staticmethod
    def bad_token() -> Answer:
        headers = {"www-authenticate": 'Bearer realm="Zendesk", error="invalid_token"'}
        return Answer(401, {"error": "invalid_token", "error_description": BAD_TOKEN}, headers)

    def tokens(self, request: httpx.Request) -> httpx.Response:
        """POST /oauth/tokens. https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/"""
        sent = body_of(request)
        right = {"client_id": self._twin.client_id, "client_secret": self._twin.client_secret}
        if any(not hmac.compare_digest(str(sent.get(name, "")), value) for name, value in right.items()):
            raise Answer(401, {"error": "invalid_client", "error_description": "Client authentication failed."})
        match sent.get("grant_type"):
            case "refresh_token":
                return self._given(self._rotated(str(sent.get("refresh_token", ""))))
            case "client_credentials":
                return self._given(self._begin(refresh=False))
            case "authorization_code" if sent.get("code") == self._twin.code and not self.used_code:
                self.used_code = True
                return self._given(self._begin(refresh=True))
            case "authorization_code":
                raise _no_grant()
        raise Answer(400, {"error": "unsupported_grant_type", "error_description": "The grant type is not supported."})

    def _rotated(self, refresh: str) -> Pair:
        """The old pair is gone at once; a spent token used again ends the whole family."""
        pair = next(
            (pair for pair in self._pairs if pair.refresh is not None and hmac.compare_digest(pair.refresh, refresh)), None
        )
        if pair is None:
            raise _no_grant()
        if pair.spent:
            for other in self._pairs:
                other.spent |= other.family == pair.family
            raise _no_grant()
        pair.spent = True
        if self._twin.clock.now() >= pair.made + REFRESH:
            raise _no_grant()
        return self._add(pair.family, refresh=True)

    def _begin(self, *, refresh: bool) -> Pair:
        self._families += 1
        return self._add(self._families, refresh=refresh)

    def _add(self, family: int, *, refresh: bool) -> Pair:
        number = len(self._pairs)
        access, again = self._twin.mint("access", number), self._twin.mint("refresh", number)
        pair = Pair(family, access, again if refresh else None, self._twin.clock.now())
        self._pairs.append(pair)
        return pair

    @staticmethod
    def _given(pair: Pair) -> httpx.Response:
        said: Row = {"access_token": pair.access, "token_type": "bearer", "scope": SCOPE}
        said["expires_in"] = int(ACCESS.total_seconds())
        if pair.refresh is not None:
            said |= {"refresh_token": pair.refresh, "refresh_token_expires_in": int(REFRESH.total_seconds())}
        return ok(said)


def _no_grant() -> Answer:
    return Answer(400, {"error": "invalid_grant", "error_description": GRANT})


def forbidden(scope: str) -> Answer:
    return problem(403, "Forbidden", f"Missing the following required scopes: {scope}")
