"""As whom PostgreSQL runs (it refuses root), and whether that user can get to its folders."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from hub.words import Problem


@dataclass(frozen=True)
class Runner:
    name: str
    uid: int
    gid: int

    @property
    def switched(self) -> bool:
        """Is it somebody else than we are?"""
        return self.uid != os.geteuid()

    def can_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if self.uid == 0:
            return True
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid in os.getgrouplist(self.name, self.gid):
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def reaches(self, folder: Path) -> bool:
        return not self.switched or all(self.can_enter(one) for one in (folder, *folder.parents))

    def must_enter(self, folder: Path) -> None:
        """Raises Problem `folder_closed` naming the outermost folder in the way. Nobody's permissions are changed."""
        for one in reversed([folder, *folder.parents]):
            if self.switched and not self.can_enter(one):
                raise Problem("folder_closed", user=self.name, folder=str(one))

    def own(self, folder: Path) -> Path:
        """Makes the folder, for this user alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.switched:
            os.chown(folder, self.uid, self.gid)
        return folder


def runner(data: Path) -> Runner:
    """Ourselves; if we are root, the owner of the data folder, or for a new one `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Runner(str(os.geteuid()), os.geteuid(), os.getegid())
    if data.exists() and any(data.iterdir()):
        status = data.stat()
        if status.st_uid == 0:
            raise Problem("folder_owned_by_root", folder=str(data))
        return Runner(_name(status.st_uid), status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(name, user.pw_uid, user.pw_gid)
    raise Problem("user_missing")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
