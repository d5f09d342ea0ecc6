"""Mixpanel's read APIs over the lent transport: one call in, the decoded answer out, or a kit error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.kit.contract import Lent
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, VendorError
from connectors.kit.reading import parse_json
from connectors.mixpanel.config import MixpanelConfig

QUERY = {"us": "https://mixpanel.com", "eu": "https://eu.mixpanel.com", "in": "https://in.mixpanel.com"}
RAW = {"us": "https://data.mixpanel.com", "eu": "https://data-eu.mixpanel.com", "in": "https://data-in.mixpanel.com"}
WRITE = {"us": "https://api.mixpanel.com", "eu": "https://api-eu.mixpanel.com", "in": "https://api-in.mixpanel.com"}
KEYS_PAGE = "https://developer.mixpanel.com/reference/service-accounts"
QUARTER = 900.0
SAID = 300


class Client:
    """Query API and raw export. https://developer.mixpanel.com/reference/query-api"""

    def __init__(self, config: MixpanelConfig, lent: Lent) -> None:
        self._config, self._lent = config, lent
        self._auth = httpx.BasicAuth(config.username, config.secret.get_secret_value())
        self._clients: dict[str, Any] = {}  # by host

    def get(self, path: str, **params: Any) -> Any:
        return self._decoded(self._send(QUERY, "GET", f"/api/query/{path}", params))

    def post(self, path: str, **form: Any) -> Any:
        """A POST that only reads."""
        return self._decoded(self._send(QUERY, "POST", f"/api/query/{path}", {}, form))

    def raw(self, **params: Any) -> bytes:
        """JSON lines."""
        content = self._send(RAW, "GET", "/api/2.0/export", params).content
        if content[:1] == b"{" and b'"error"' in content[:200]:
            self._decoded_bytes(content.partition(b"\n")[0])
        return content

    def _send(
        self, hosts: Mapping[str, str], method: str, path: str, params: Mapping[str, Any], form: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        asked = {"project_id": self._config.project_id, **_given(params)}
        client = self._client(self._config.base_url or hosts[self._config.region])
        try:
            response: httpx.Response = client.request(
                method, path, params=asked, data=_given(form) if form else None, auth=self._auth
            )
        except Retry as error:
            raise patient(error, self._lent) from error
        if response.status_code != 200:
            raise refusal(response.status_code, response.content)
        return response

    def _client(self, base: str) -> Any:
        if base not in self._clients:
            self._clients[base] = self._lent.http(base_url=base.rstrip("/"), headers={"accept": "application/json"})
        return self._clients[base]

    def _decoded(self, response: httpx.Response) -> Any:
        return self._decoded_bytes(response.content)

    def _decoded_bytes(self, content: bytes) -> Any:
        """Mixpanel answers 200 and an `error` when a query ran and failed."""
        answer = parse_json(content)
        if isinstance(answer, dict) and (answer.get("error") or answer.get("status") == "error"):
            raise Retry("error_in_answer", said=str(answer.get("error", ""))[:SAID])
        return answer


def patient(error: Retry, lent: Lent) -> Retry:
    """A 429 says not how long to wait: come back at the next quarter of an hour."""
    if error.code != "rate_limited" or error.after is not None:
        return error
    return Retry(error.code, after=QUARTER - lent.now().timestamp() % QUARTER, quota="query", **error.data)


def refusal(status: int, content: bytes) -> VendorError:
    """The error for an answer that is no success; limits and broken servers are the transport's."""
    said = content[:SAID].decode(errors="replace")
    match status:
        case 401:
            return AuthFailed("token_refused", page=KEYS_PAGE)
        case 402 | 403:
            return AuthFailed("scope_missing", scope=said, page=KEYS_PAGE)
        case 404:
            return Gone("not_found")
        case _:
            return Rejected("invalid", status=status, message=said)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
