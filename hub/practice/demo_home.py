"""The folder of a demo: emptied if a demo made it, refused if anybody else did."""

from __future__ import annotations

import shutil
from pathlib import Path

from hub import home as homes
from hub.keeper.locks import EXCLUSIVE, take
from hub.keeper.rooms import Rooms
from hub.words import Problem

MARKER = "made-by-demo"


def claim(home: Path) -> None:
    """Leaves an empty folder with our marker. Raises Problem `demo_home_foreign`, `demo_home_busy`, `folder_unusable`."""
    try:
        if home.is_dir() and any(home.iterdir()):
            _clear(home)
        homes.make(home)
        (home / MARKER).touch()
    except OSError as error:
        raise Problem("folder_unusable", folder=str(home), why=error.strerror) from error


def _clear(home: Path) -> None:
    if not (home / MARKER).is_file():
        raise Problem("demo_home_foreign", home=str(home))
    rooms = Rooms(home)
    users = take(rooms.users_lock, EXCLUSIVE) if rooms.run.is_dir() else None
    if users is None and rooms.run.is_dir():
        raise Problem("demo_home_busy", home=str(home))
    # The marker goes last: what a kill leaves here is still ours.
    for one in home.iterdir():
        if one.name == MARKER:
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
    if users is not None:
        users.close()
