"""A vendor whose refresh tokens work once: used again, the whole sign-in ends. And a connector's half of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import Field, SecretStr

from connectors.kit.contract import Checked, Config, Connector, Facts, Lent, Object, Page, Record, Tokens
from connectors.kit.errors import AuthFailed
from connectors.kit.twin import Twin

FIRST = "first-refresh/token+of=a person"
LIFE = 1800.0


class Rotating(Twin):
    """`renewals` that succeeded, `reuses` of spent refresh tokens. It tells everything in its errors, as some vendors do."""

    name = "rotating"

    def prepare(self) -> None:
        self.access, self.refresh = "", FIRST
        self.expires = self.clock.now()
        self.spent: set[str] = set()
        self.renewals = self.reuses = 0

    def revoke(self) -> None:
        """The access token ends before its time."""
        with self.lock:
            self.access = ""

    def route(self, request: httpx.Request) -> httpx.Response:
        said = request.headers.get("authorization")
        if request.url.path == "/oauth/tokens":
            return self._tokens(said, {name: value[0] for name, value in parse_qs(request.content.decode()).items()})
        if request.url.path == "/open":
            return httpx.Response(200, json={"authorization": said})
        if not self.access or said != f"Bearer {self.access}" or self.clock.now() >= self.expires:
            return httpx.Response(401, json={"error": "invalid_token", "said": said})
        return httpx.Response(200, json={"ok": True})

    def _tokens(self, authorization: str | None, form: dict[str, str]) -> httpx.Response:
        assert authorization is None
        if form.get("grant_type") == "client_credentials":
            return self._given()
        said = form["refresh_token"]
        if said != self.refresh:
            self.reuses += said in self.spent
            self.access = self.refresh = ""
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": f"{said} was used before"})
        self.spent.add(said)
        return self._given()

    def _given(self) -> httpx.Response:
        self.renewals += 1
        self.access = self.mint("access", self.renewals) + "/+="
        self.refresh = self.mint("refresh", self.renewals) + "/+="
        self.expires = self.clock.now() + timedelta(seconds=LIFE)
        given = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": LIFE}
        return httpx.Response(200, json=given)


class Renewal:
    """`lent.bearer` takes it. `alone`: the client may ask for itself, where its refresh token is refused."""

    def __init__(self, lent: Lent, url: str, *, alone: bool = False) -> None:
        self._lent, self._url, self._alone = lent, url, alone

    def __call__(self, refresh: str | None) -> Tokens:
        answer = self._ask(grant_type="refresh_token", refresh_token=refresh or "")
        if answer.status_code != 200 and self._alone:
            answer = self._ask(grant_type="client_credentials")
        said: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise AuthFailed(said["error"], message=said["error_description"])
        return Tokens(said["access_token"], said["refresh_token"], self._lent.now() + timedelta(seconds=said["expires_in"]))

    def _ask(self, **form: str) -> httpx.Response:
        with self._lent.http(base_url=self._url) as client:
            return client.post("/oauth/tokens", data=form)


class RotatingConfig(Config):
    refresh_token: SecretStr = Field(title="Refresh token")
    alone: bool = Field(False, title="The client may ask for itself")


class RotatingConnector(Connector):
    facts = Facts("rotating", "Rotating", frozenset({"support"}), {"things": Object(title="Things")})
    config_model = RotatingConfig

    def __init__(self, config: RotatingConfig, lent: Lent) -> None:
        super().__init__(config, lent)
        self._url = config.base_url or ""
        lent.bearer(Renewal(lent, self._url, alone=config.alone))

    def check(self) -> Checked:
        self._ask()
        return Checked("rotating", frozenset({"things"}), frozenset())

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        self._ask()
        yield Page([Record(object, "1", b'{"id": "1"}')], cursor="1", complete=True, full=True)

    def _ask(self) -> None:
        with self.lent.http(base_url=self._url) as client:
            if client.get("/things").status_code != 200:
                raise AuthFailed("token_refused")


CONNECTOR, TWIN = RotatingConnector, Rotating
