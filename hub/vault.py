"""Secrets at rest: AES-256-GCM per value, bound to its connection and field, so that no sealed value can be moved."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub import home
from hub.chance import Chance
from hub.settings import Settings
from hub.words import Problem

NONCE = 12


class Vault:
    """Seals with the first key and opens with any: a key is rotated by putting a new one in front."""

    def __init__(self, keys: list[bytes], chance: Chance | None = None) -> None:
        self._keys = {key_id(key): AESGCM(key) for key in keys}
        self._first = key_id(keys[0])
        self._chance = chance or Chance()

    def __repr__(self) -> str:
        return f"Vault({', '.join(self._keys)})"

    def seal(self, secret: str, connection: str, field: str) -> str:
        """`keyid.base64`: text that is safe to store; the same secret never gives the same text."""
        nonce = self._chance.bytes(NONCE)
        box = self._keys[self._first].encrypt(nonce, secret.encode(), _bound_to(connection, field))
        return f"{self._first}.{base64.urlsafe_b64encode(nonce + box).decode()}"

    def open(self, sealed: str, connection: str, field: str) -> str:
        """Raises Problem `key_wrong` or `seal_broken`, naming connection and field."""
        key, _, text = sealed.partition(".")
        if key not in self._keys:
            raise Problem("key_wrong", connection=connection, field=field, key=key)
        try:
            box = base64.b64decode(text, altchars=b"-_", validate=True)
            return self._keys[key].decrypt(box[:NONCE], box[NONCE:], _bound_to(connection, field)).decode()
        except (InvalidTag, ValueError):
            raise Problem("seal_broken", connection=connection, field=field) from None

    def reseal(self, sealed: str, connection: str, field: str) -> str:
        """The same secret under the first key; unchanged if it is so already."""
        if sealed.partition(".")[0] == self._first:
            return sealed
        return self.seal(self.open(sealed, connection, field), connection, field)


def open_vault(settings: Settings) -> Vault:
    """With the keys of HUB_KEY, else of HUB_HOME/key, which is made once (0600) if there is none."""
    if settings.key is not None:
        return Vault(_keys(settings.key.get_secret_value().replace(",", "\n"), "HUB_KEY"))
    path = settings.home / "key"
    try:
        home.make(path.parent)
        if not path.exists():
            _publish(path, new_key(), replace=False)
        return Vault(_keys(path.read_text("ascii", errors="replace"), str(path)))
    except OSError as error:
        raise Problem("key_unreadable", path=str(path), why=error.strerror) from error


def rotate(settings: Settings) -> Vault:
    """Puts a new key in front of those in HUB_HOME/key. Reseal every secret, then the old lines may go.

    With HUB_KEY the operator does this: `HUB_KEY=new,old`.
    """
    open_vault(settings)
    path = settings.home / "key"
    if settings.key is None:
        _publish(path, new_key() + "\n" + path.read_text("ascii"), replace=True)
    return open_vault(settings)


def new_key() -> str:
    return base64.urlsafe_b64encode(Chance().bytes(32)).decode()


def key_id(key: bytes) -> str:
    """Names a key without telling it."""
    return hashlib.sha256(b"concord key id" + key).hexdigest()[:8]


def _bound_to(connection: str, field: str) -> bytes:
    return f"{connection}|{field}".encode()


def _keys(text: str, where: str) -> list[bytes]:
    try:
        keys = [base64.b64decode(line.strip(), altchars=b"-_", validate=True) for line in text.splitlines() if line.strip()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise Problem("key_invalid", where=where)
    return keys


def _publish(path: Path, text: str, *, replace: bool) -> None:
    """The whole file at once. Without `replace` the first of several processes wins and the others read its key."""
    draft = path.with_name(f"{path.name}.{Chance().token(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - only os.open takes the mode
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
