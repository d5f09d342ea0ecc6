"""Zendesk's SDK over the lent transport: every call of this connection."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kit.contract import Lent
from connectors.kit.faces import unwrapped
from connectors.kit.reading import read_json
from connectors.zendesk.config import ZendeskConfig
from connectors.zendesk.oauth import Renewal
from connectors.zendesk.refusals import refusal

Query = Sequence[tuple[str, Any]]


class Api:
    def __init__(self, config: ZendeskConfig, lent: Lent) -> None:
        self._config = config
        self._lent = lent
        self._caller: Any = None

    def get(self, path: str, query: Query = ()) -> Any:
        """`path` is below /api/v2. The decoded answer."""
        return self._call("get", path, query, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("post", path, (), body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("put", path, (), body)

    def delete(self, path: str) -> None:
        self._call("delete", path, (), None)

    def _call(self, method: str, path: str, query: Query, body: Any) -> Any:
        caller = self._sdk()
        more = {name: value for name, value in (("params", list(query)), ("json", body)) if value not in ([], None)}
        with unwrapped():
            response = caller._call_api(
                getattr(caller.session, method), f"{self._config.base}/api/v2/{path}", timeout=caller.timeout, **more
            )
        if response.status_code >= 300:
            raise refusal(method.upper(), response.status_code, response.content)
        return read_json(response) if response.content.strip() else None

    def _sdk(self) -> Any:
        """zenpy's caller beneath its typed objects: those cut times to dates, keep a cache that never ages, and follow any
        address that an answer names. It would sleep through limits, but the lent session lets none through to it.
        """
        if self._caller is None:
            from zenpy import Zenpy

            logging.getLogger("zenpy").setLevel(logging.INFO)  # below that it writes whole records into the log
            session = _session(self._config, self._lent)
            client = Zenpy(subdomain=self._config.subdomain, session=session, anonymous=True, disable_cache=True)
            self._caller = client.users
            self._caller._check_response = _unchecked
        return self._caller


def _unchecked(response: Any) -> None:
    """zenpy's own exceptions hold whole answers as text; `refusals.py` tells them apart instead."""


def _session(config: ZendeskConfig, lent: Lent) -> Any:
    session = lent.requests_session()
    session.headers["Accept"] = "application/json"
    if config.api_token is not None:
        session.auth = (f"{config.email}/token", config.api_token.get_secret_value())
    else:
        lent.bearer(Renewal(config, lent))
    return session
