"""Takes secrets out of text: known values however they are written, and whatever sits where secrets usually do."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "[hidden]"
SHORT = 6  # shorter values stand in too many innocent places
LEARNED = 16  # tokens before these are dead

TELLING = re.compile(
    r"(?i)auth|token|secret|passw|signature|api[-_]?key|access[-_]?key|credential|cookie|session|^(key|code|sig|hapikey)$"
)
MAIL = re.compile(r"(?i)[^/?&=\s]+(?:@|%40)[^/?&=\s]+")


class Redactor:
    """Knows the secrets of one connection, and the newest of those learned later. A longer one is hidden before a shorter one inside it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._given = frozenset(secrets)
        self._learned: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._known = _pattern(self._given)

    def learn(self, secrets: Iterable[str]) -> None:
        """Tokens, for instance, which the vendor gives while we run."""
        with self._lock:
            new = [secret for secret in secrets if secret not in self._given and secret not in self._learned]
            if new:
                self._learned = (*self._learned, *new)[-LEARNED:]
                self._known = _pattern(self._given.union(self._learned))

    def text(self, text: str) -> str:
        """`text` without any known secret: raw, URL-quoted, JSON-escaped, hex, or base64 at any offset."""
        return text if self._known is None else self._known.sub(HIDDEN, text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: HIDDEN if TELLING.search(name) else self.text(value) for name, value in headers.items()}

    def target(self, url: str) -> str:
        """Path and query, fit for a log: no secret, no telling parameter, no e-mail address."""
        parts = urlsplit(url)
        query = "&".join(self._parameter(pair) for pair in parts.query.split("&") if pair)
        return self.text(MAIL.sub("[email]", parts.path)) + (f"?{query}" if query else "")

    def _parameter(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if TELLING.search(unquote(name)):
            return f"{name}={HIDDEN}"
        return self.text(f"{name}{equals}{MAIL.sub('[email]', value)}")


def _pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    forms = {form for secret in secrets if len(secret) >= SHORT for form in _forms(secret)}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE) if forms else None


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), raw.hex(), json.dumps(secret)[1:-1]}
    for offset in range(3):
        # The characters that depend on this secret alone, whatever stands before and after it.
        coded = base64.b64encode(b"\0" * offset + raw)
        inner = coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6].decode()
        forms |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return {form for form in forms if len(form) >= SHORT}
