"""Group properties by the SDK: read, send only what differs, read again. https://developer.mixpanel.com/reference/group-set-property"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.contract import Change, Lent, Record
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Unclear, VendorError
from connectors.kit.faces import unwrapped
from connectors.kit.reading import parse_json
from connectors.mixpanel.client import KEYS_PAGE, SAID, WRITE, patient, refusal
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.groups import Groups, properties

BATCH = 200
Outcome = Record | VendorError


class Writer:
    def __init__(self, groups: Groups, config: MixpanelConfig, lent: Lent) -> None:
        self._groups, self._config, self._lent = groups, config, lent

    def push_many(self, changes: Sequence[Change]) -> list[Outcome]:
        """Two queries of the quota for each two hundred changes."""
        outcomes: list[Outcome] = []
        for some in _batches(changes):
            try:
                outcomes += self._batch(some)
            except VendorError as error:
                outcomes += [error] * len(some)
        return outcomes

    def _batch(self, changes: Sequence[Change]) -> list[Outcome]:
        """Mixpanel makes a profile of what it does not know, so it is asked first who is there."""
        if self._config.project_token is None or self._config.data_group_id is None:
            raise AuthFailed("scope_missing", scope="project token and data group ID", page=KEYS_PAGE)
        refused = {change.id: no for change in changes if (no := _refused(change)) is not None}
        held = self._groups.by_id([change.id or "" for change in changes if change.id not in refused])
        due = {
            change.id: differing
            for change in changes
            if change.id in held and (differing := _due(change, properties(held[change.id])))
        }
        if due:
            self._send(due)
            held |= self._read_back(list(due))
        return [refused.get(change.id) or held.get(change.id or "") or Gone("not_found") for change in changes]

    def _read_back(self, ids: list[str]) -> dict[str, Record]:
        try:
            return self._groups.by_id(ids)
        except Retry as error:
            raise Unclear(
                "not_read_back", why=error.code
            ) from error  # the write stands; what became of the values is not known yet

    def _send(self, due: Mapping[str, Mapping[str, Any]]) -> None:
        import mixpanel

        messages = _Messages()
        sdk = mixpanel.Mixpanel(self._config.project_token.get_secret_value(), consumer=messages)  # type: ignore[union-attr]  # asked above
        # Our write is no visit: without it Mixpanel would move the profile's $last_seen.
        meta = {"$time": int(self._lent.now().timestamp()), "$ignore_time": True}
        for id, values in due.items():
            kept = {name: value for name, value in values.items() if value is not None}
            if kept:
                sdk.group_set(self._config.group_key, id, kept, meta=meta)
            if cleared := [name for name, value in values.items() if value is None]:
                sdk.group_unset(self._config.group_key, id, cleared, meta=meta)
        base = (self._config.base_url or WRITE[self._config.region]).rstrip("/")
        consumer = mixpanel.Consumer(groups_url=f"{base}/groups", retry_limit=0)
        consumer._session = _Session(self._lent)
        with unwrapped():
            consumer.send("groups", f"[{','.join(messages.held)}]")


class _Messages:
    """The SDK's own buffer sends fifty at a time; this one keeps what it is told."""

    def __init__(self) -> None:
        self.held: list[str] = []

    def send(self, endpoint: str, message: str, api_key: Any = None, api_secret: Any = None) -> None:
        del endpoint, api_key, api_secret
        self.held.append(message)


class _Session:
    """The lent session. An answer is judged here: the SDK takes every JSON for its own, and ends a 429 in a KeyError."""

    def __init__(self, lent: Lent) -> None:
        self._lent, self._session = lent, lent.requests_session()

    def post(self, url: str, **options: Any) -> Any:
        try:
            response = self._session.post(url, **options)
        except Retry as error:
            raise patient(error, self._lent) from error
        if response.status_code != 200:
            raise refusal(response.status_code, response.content)
        said = parse_json(response.content, wrote=True)
        if not isinstance(said, dict) or "status" not in said:
            raise Unclear("unanswered")
        if said["status"] != 1:
            raise Rejected("invalid", status=200, message=str(said.get("error"))[:SAID])
        return response


def _batches(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """No record twice in one."""
    some: list[Change] = []
    for change in changes:
        if len(some) == BATCH or any(change.id == other.id for other in some):
            yield some
            some = []
        some.append(change)
    if some:
        yield some


def _refused(change: Change) -> VendorError | None:
    """Names with a dollar are Mixpanel's own."""
    own = sorted(name for name in _sent(change) if name.startswith("$"))
    if own or set(change.data) - {"$properties"}:
        return Rejected("invalid", status=0, message=f"not ours to write: {', '.join(own) or sorted(change.data)}")
    return None


def _sent(change: Change) -> dict[str, Any]:
    return dict(change.data.get("$properties") or {})


def _due(change: Change, held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _sent(change).items() if value != held.get(name)}
