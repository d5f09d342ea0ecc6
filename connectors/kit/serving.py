"""Serves twins over HTTP on loopback: one server each, a thread per connection, until told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from connectors.kit.contract import Served
from connectors.kit.playing import Played

if TYPE_CHECKING:
    from connectors.kit.twin import Twin

OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass(slots=True)
class Running(Served):
    """A twin served from this process."""

    twin: Any = field(default=None, repr=False)
    server: ThreadingHTTPServer | None = field(default=None, repr=False)


def serve(twin: Twin, *, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve `twin` at `host:port` (0: any free port) from threads of this process."""
    handler = type("Handler", (_Handler,), {"twin": twin})
    server = _Server((host, port), handler)
    twin.url = f"http://{host}:{server.server_address[1]}"
    twin.stopping.clear()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name=f"twin-{twin.name}").start()
    return Running(twin.name, twin.url, twin.config(), twin.webhook_secret, twin, server)


def stop(served: Served) -> None:
    """End it; open connections are closed, hanging requests released."""
    if isinstance(served, Running) and served.server is not None:
        served.twin.stopping.set()
        served.server.shutdown()
        served.server.server_close()
        served.server = None


def main(twins: Sequence[Twin], say: Callable[[Served], None], *, ports: Sequence[int] = ()) -> int:
    """Serve all `twins` until SIGINT or SIGTERM; `say` is told of each one that answers. Returns the exit status."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    running: list[Running] = []
    try:
        for index, twin in enumerate(twins):
            running.append(serve(twin, port=ports[index] if index < len(ports) else 0))
            say(running[-1])
        ended.wait()
    finally:
        for served in running:
            stop(served)
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # a kept-alive connection would wait for ever
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; the request log says what was asked."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    timeout = 300
    twin: ClassVar[Twin]

    def handle_any(self) -> None:
        played = self.twin.answer(self._request())
        if played.wait:
            self.twin.stopping.wait(played.wait)
        if played.response is None:
            self.close_connection = True
            return
        self._send(played, played.response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - http.server looks for these names

    def log_message(self, format: str, *args: Any) -> None:
        """The request log is the log."""

    def _request(self) -> httpx.Request:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else self._chunks()
        headers = [(name, value) for name, value in self.headers.items() if name.lower() != "transfer-encoding"]
        return httpx.Request(self.command, self.twin.url + self.path, headers=headers, content=body)

    def _chunks(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", "").lower():
            return b""
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header is of the twin's own clock, as all its times are."""
        del timestamp
        return format_datetime(self.twin.clock.now(), usegmt=True)

    def _send(self, played: Played, response: httpx.Response) -> None:
        content = response.content
        self.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            if name not in OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if not played.drip:
            self.wfile.write(content)
            return
        for byte in content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.twin.stopping.wait(played.drip):
                return
