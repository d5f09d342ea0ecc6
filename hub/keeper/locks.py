"""File locks: `users.lock` is shared by all users, `keeper.lock` is the one keeper's. The kernel frees them at death."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

SHARED, EXCLUSIVE = fcntl.LOCK_SH, fcntl.LOCK_EX


class Lock:
    """An open lock file. Closing it frees the lock, unless a child process was handed the descriptor."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, kind: int) -> bool:
        """Without waiting; a lock already held is turned into that kind."""
        try:
            fcntl.flock(self.fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self.fd)


def take(path: Path, kind: int) -> Lock | None:
    """The lock, or None if somebody else has it."""
    lock = Lock(path)
    if lock.take(kind):
        return lock
    lock.close()
    return None


def is_free(path: Path) -> bool:
    lock = take(path, EXCLUSIVE)
    if lock is None:
        return False
    lock.close()
    return True
