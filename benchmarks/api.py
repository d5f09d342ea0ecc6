"""The API that all contestants read: a process of its own on loopback, the same pages for all, made before the clock starts."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.records import PAGE, page


def write_pages(folder: Path, records: int) -> None:
    """`<served>/<number>.json` for every page: answers are read from disk, so that the server holds none of them."""
    for served in ("first", "second", "changed"):
        (folder / served).mkdir(parents=True)
        for number, first in enumerate(range(0, records, PAGE)):
            last = min(first + PAGE, records)
            following = f"/{served}/{number + 1}.json" if last < records else None
            (folder / served / f"{number}.json").write_bytes(page(first, last, served, following))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    folder: Path

    def do_GET(self) -> None:  # http.server's name
        file = self.folder / self.path.lstrip("/")
        found = file.is_relative_to(self.folder) and ".." not in self.path and file.is_file()
        body = file.read_bytes() if found else b'{"error":"not found"}'
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent: a line per page would be measured with it."""


def main(folder: str, records: str) -> None:
    """Prints its address when every page is there, and serves until it is ended."""
    Handler.folder = Path(folder)
    write_pages(Handler.folder, int(records))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
