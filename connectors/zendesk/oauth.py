"""New access tokens: they live for half an hour, and each refresh token works once. https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connectors.kit.contract import Lent, Tokens
from connectors.kit.errors import AuthFailed
from connectors.kit.reading import read_json
from connectors.zendesk.config import ZendeskConfig

PAGE = "https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token"
SCOPE = "read write"


class Renewal:
    """`lent.bearer` takes it as `renew`."""

    def __init__(self, config: ZendeskConfig, lent: Lent) -> None:
        self._config = config
        self._lent = lent

    def __call__(self, refresh: str | None) -> Tokens:
        """By the newest refresh token, at first by the one from the settings; without one the client asks for itself."""
        first = self._config.refresh_token
        token = refresh if refresh is not None else None if first is None else first.get_secret_value()
        if token is None:
            return self._ask({"grant_type": "client_credentials", "scope": SCOPE})
        return self._ask({"grant_type": "refresh_token", "refresh_token": token})

    def _ask(self, grant: dict[str, str]) -> Tokens:
        secret = self._config.client_secret
        client = {"client_id": self._config.client_id, "client_secret": "" if secret is None else secret.get_secret_value()}
        with self._lent.http(base_url=self._config.base, headers={"Accept": "application/json"}) as http:
            response = http.post("/oauth/tokens", json={**grant, **client})
        if response.status_code >= 400:
            raise AuthFailed("token_refused", page=PAGE, status=response.status_code)
        said = read_json(response)
        if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
            raise AuthFailed("token_refused", page=PAGE)
        return Tokens(said["access_token"], _text(said.get("refresh_token")), self._expires(said.get("expires_in")))

    def _expires(self, seconds: object) -> Any:
        return self._lent.now() + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
