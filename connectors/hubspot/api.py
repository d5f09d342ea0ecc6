"""HubSpot's SDK over the lent transport: one client that is kept, every path behind the API version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.hubspot.config import HubSpotConfig
from connectors.hubspot.refusals import limited, refusal
from connectors.kit.contract import Lent
from connectors.kit.errors import Retry
from connectors.kit.reading import parse_json

HOST = "https://api.hubapi.com"
Query = Iterable[tuple[str, Any]]

# Where an area lived before paths were dated. E-mail events and token info have no dated path.
OLD = {
    "objects": "/crm/v3/objects",
    "properties": "/crm/v3/properties",
    "owners": "/crm/v3/owners",
    "associations": "/crm/v4/associations",
    "communication-preferences": "/communication-preferences/v4",
    "account-info": "/account-info/v3",
}
FIXED = {"email-events": "/email/public/v1/events", "token-info": "/oauth/v2/private-apps/get/access-token-info"}
CRM = {"objects", "properties", "owners", "associations"}


def path(version: str, area: str, *parts: str) -> str:
    """`path("2026-09", "objects", "companies")` is /crm/objects/2026-09/companies."""
    if area in FIXED:
        base = FIXED[area]
    elif version == "v3":
        base = OLD[area]
    else:
        base = f"/crm/{area}/{version}" if area in CRM else f"/{area}/{version}"
    return "/".join([base, *(quote(part, safe="") for part in parts)])


class Api:
    """Every call of this connection."""

    def __init__(self, config: HubSpotConfig, lent: Lent) -> None:
        self._config = config
        self._lent = lent
        self._client: Any = None

    def get(self, area: str, *parts: str, query: Query = ()) -> Any:
        return self._call("GET", path(self._config.api_version, area, *parts), query, None)

    def post(
        self, area: str, *parts: str, body: Mapping[str, Any] | Sequence[Any], query: Query = (), reads: bool = False
    ) -> Any:
        return self._call("POST", path(self._config.api_version, area, *parts), query, body, wrote=not reads)

    def _call(self, method: str, path: str, query: Query, body: Any, *, wrote: bool = False) -> Any:
        """The decoded answer; None where there is none (204)."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        response = self._sdk().call_api(
            path,
            method,
            query_params=list(query),
            header_params=headers,
            body=body,
            auth_settings=["oauth2"],
            _preload_content=False,
        )
        content: bytes = response.data
        return parse_json(content, wrote=wrote) if content else None

    def _sdk(self) -> Any:
        """The SDK's caller beneath its typed APIs: those know no dated path, and each access to one opens a new pool."""
        if self._client is None:
            from hubspot import HubSpot

            base = (self._config.base_url or HOST).rstrip("/")
            client = HubSpot.create(access_token=self._config.access_token.get_secret_value(), host=base, base_url=base)
            self._client = client.crm.objects.basic_api.api_client
            self._client.rest_client.pool_manager = _Pool(self._lent.urllib3_pool())
        return self._client


class _Pool:
    """The lent pool. A refusal becomes our error here: the SDK's own can't be made from what urllib3 has become."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def request(self, method: str, url: str, **options: Any) -> Any:
        try:
            response = self._pool.request(method, url, **options)
        except Retry as error:
            raise limited(error) from error
        if response.status >= 300:
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise refusal(response.status, headers, response.data)
        return response
