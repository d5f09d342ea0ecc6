"""Sends one call over a kept-alive connection to an address that was checked, and reads a bounded answer."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Iterable
from functools import cache

import certifi
import httpcore

from connectors.kit.calls import Answer, Ask, Bounds, header
from connectors.kit.errors import Retry, Unclear
from connectors.kit.guard import Guard
from connectors.kit.transport import Rules

NOT_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
OURS = frozenset({"accept-encoding", "connection", "host", "content-length", "transfer-encoding"})


class Wire:
    """Thread-safe; one per connection (account), so that no vendor's slowness holds another's sockets."""

    def __init__(self, guard: Guard, rules: Rules) -> None:
        self._guard, self._rules = guard, rules
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(),
            network_backend=_Checked(guard),
            max_connections=32,
            keepalive_expiry=30.0,
        )

    def perform(self, ask: Ask) -> Answer:
        """Raises `Retry` where nothing was sent, `Unclear` where something may have been, `Rejected` for a refused address."""
        self._guard.check_url(ask.url)
        try:
            return self._exchange(ask)
        except NOT_SENT as error:
            raise Retry("unreachable", why=type(error).__name__) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unclear("no_answer", why=type(error).__name__) from error

    def close(self) -> None:
        self._pool.close()

    def _exchange(self, ask: Ask) -> Answer:
        bounds = ask.bounds or self._rules.bounds
        timeout = {"connect": bounds.connect, "pool": bounds.connect, "read": bounds.read, "write": bounds.read}
        headers = [(name, value) for name, value in ask.headers if name.lower() not in OURS]
        headers.append(("accept-encoding", "gzip"))
        content = ask.body if ask.body or ask.method in {"POST", "PUT", "PATCH"} else None
        with self._pool.stream(
            ask.method, ask.url, headers=headers, content=content, extensions={"timeout": timeout}
        ) as response:
            said = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers]
            body = self._read(bounds, said, response.iter_stream())
        kept = [
            (name, value) for name, value in said if name not in {"content-encoding", "content-length", "transfer-encoding"}
        ]
        return Answer(response.status, [*kept, ("content-length", str(len(body)))], body)

    def _read(self, bounds: Bounds, headers: list[tuple[str, str]], chunks: Iterable[bytes]) -> bytes:
        deadline = self._rules.monotonic() + bounds.total
        unpack = _unpacker(header(headers, "content-encoding"))
        body = bytearray()
        for chunk in chunks:
            body += unpack(chunk, bounds.size + 1 - len(body))
            if len(body) > bounds.size:
                raise Unclear("too_large", limit=bounds.size)
            if self._rules.monotonic() > deadline:
                raise Unclear("too_slow", limit=bounds.total)
        return bytes(body)


@cache
def _trusted() -> ssl.SSLContext:
    """The system's authorities (a company's own among them) and certifi's, for systems that have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Checked(httpcore.NetworkBackend):
    """Connects to what the guard resolved and checked. TLS still names and verifies the host."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in self._guard.addresses(host, port):
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(host)


def _unpacker(encoding: str | None) -> Callable[[bytes, int], bytes]:
    """Unpacks at most so many bytes: a small answer may unfold to gigabytes."""
    if encoding in {None, "", "identity"}:
        return lambda chunk, _: chunk
    if encoding != "gzip":
        raise Unclear("unknown_encoding", encoding=encoding)
    stream = zlib.decompressobj(wbits=31)

    def unpack(chunk: bytes, room: int) -> bytes:
        try:
            return stream.decompress(chunk, room)
        except zlib.error:
            raise Unclear("broken_encoding", encoding=encoding) from None

    return unpack
