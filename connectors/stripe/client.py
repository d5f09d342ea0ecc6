"""The SDK over the session that the hub lends: one call in, the answer's bytes out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from connectors.kit.contract import Lent
from connectors.kit.errors import Retry, Unclear
from connectors.kit.faces import unwrapped
from connectors.stripe.config import StripeConfig
from connectors.stripe.refusals import refusal

PAGE = 100  # Stripe's largest


class Rows(msgspec.Struct):
    """A list or search answer; rows stay undecoded."""

    data: list[msgspec.Raw]
    has_more: bool = False
    total_count: int | None = None
    next_page: str | None = None


_rows = msgspec.json.Decoder(Rows)
_decoder = json.JSONDecoder()


class Client:
    """Raises kit errors only. Retries, time-outs and quota belong to the lent session; the SDK's own retries are off."""

    def __init__(self, config: StripeConfig, lent: Lent) -> None:
        import stripe

        stripe.enable_telemetry = False  # it would write an id into the user's home folder
        self._lost = (stripe.APIConnectionError, stripe.APIError)
        self._sdk = stripe.StripeClient(
            config.api_key.get_secret_value(),
            stripe_account=config.account,
            base_addresses={"api": config.base_url.rstrip("/")} if config.base_url else None,
            max_network_retries=0,
            http_client=_over(lent.requests_session()),
        )

    def get(self, path: str, **params: Any) -> bytes:
        return self._send("get", path, {name: value for name, value in params.items() if value is not None})

    def post(self, path: str, params: Mapping[str, Any], key: str) -> bytes:
        return self._send("post", path, {**params, "idempotency_key": key})

    def rows(self, path: str, *, expand: Sequence[str] = (), **params: Any) -> Rows:
        """One page of a list; `expand` is relative to a row."""
        below = [f"data.{each}" for each in expand] or None
        answer = self.get(path, limit=PAGE, expand=below, **params)
        return self._read(answer)

    def total(self, path: str, query: str) -> int | None:
        answer = self.get(f"{path}/search", query=query, limit=1, expand=["total_count"])
        return self._read(answer).total_count

    def search(self, path: str, query: str) -> list[msgspec.Raw]:
        return self._read(self.get(f"{path}/search", query=query, limit=PAGE)).data

    def _read(self, answer: bytes) -> Rows:
        try:
            return _rows.decode(answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return _row_by_row(answer)

    def _send(self, method: str, path: str, params: dict[str, Any]) -> bytes:
        lost = Unclear if method == "post" else Retry
        try:
            with unwrapped():
                answer = self._sdk.raw_request(method, path, **params)
        except self._lost as error:
            raise lost("not_json" if error.http_status else "no_answer", path=path) from error
        return str(answer.body).encode()


def _row_by_row(answer: bytes) -> Rows:
    """A list of which one row cannot be decoded (half a surrogate, say): cut into its rows, so that only that one is refused later."""
    try:
        text = answer.decode()
        head = text.index("[", text.index('"data"')) + 1
        at, rows = _skip(text, head), []
        while text[at] != "]":
            _, end = _decoder.raw_decode(text, at)
            rows.append(msgspec.Raw(text[at:end].encode()))
            at = _skip(text, end)
        page = _rows.decode(text[:head] + text[at:])
    except (msgspec.MsgspecError, ValueError, IndexError, RecursionError) as error:
        raise Retry("not_json", said=str(error)) from None
    return msgspec.structs.replace(page, data=rows)


def _skip(text: str, at: int) -> int:
    """Past white space and a comma."""
    return re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too


def record_path(path: str, id: str) -> str:
    """Ids come from webhooks too: none may walk out of its path."""
    return f"{path}/{quote(id, safe='')}"


class _Named(msgspec.Struct):
    id: str


def row_id(raw: msgspec.Raw) -> str | None:
    """The id of an undecoded row, None if it has none."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except msgspec.MsgspecError:
        found = re.search(rb'"id"\s*:\s*"([\w-]+)"', bytes(raw))  # of a row that cannot be decoded
        return None if found is None else found[1].decode()


def _over(session: Any) -> Any:
    import stripe

    class Lending(stripe.RequestsClient):
        """A refusal is read here: the SDK stumbles over error bodies that are not Stripe's (a proxy's, a gateway's)."""

        def request(self, *args: Any, **kwargs: Any) -> Any:
            content, status, headers = super().request(*args, **kwargs)
            if not 200 <= status < 300:
                raise refusal(status, headers, content, writing=args[0] == "post")
            return content, status, headers

    return Lending(session=session)
