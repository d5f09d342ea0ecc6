"""Folders of our own under HUB_HOME."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

PASSABLE = 0o711
"""Others may pass through, not look around: as root, PostgreSQL runs as another user and must reach its data."""


def make(folder: Path) -> None:
    """Makes what is missing of the path, whatever the umask; touches no permission of what is there. Raises OSError."""
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            with suppress(FileExistsError):  # another process was quicker
                one.mkdir()
                one.chmod(PASSABLE)
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is not a folder", str(folder))
