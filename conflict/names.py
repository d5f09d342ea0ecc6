"""Company names by their normal form: what is left when legal form, share class, article and the like are taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cleanco import prepare_default_terms

Words = tuple[str, ...]
Endings = Mapping[int, frozenset[Words]]  # by their number of words, longest first

# In the order in which they are taken away; a name differs by a kind if what was taken differs.
KINDS = ("share_class", "article", "web_suffix", "legal_form", "weak_word")

_SHARE_CLASS = re.compile(r"[\s,(]+(?:(?:class|series)\s+[a-z0-9]|adr|ads|common stock|ordinary shares)\)?\s*$")
_WEB_SUFFIX = re.compile(r"(?<=\w)\.(?:com|net|org|io|ai|co|eu|de)\b(?!\.)")
_SILENT = re.compile(r"[.'`\u2018\u2019\u02bc\u00b4]")  # K.K., and O'Reilly with any apostrophe
_WORD = re.compile(r"\w+")
_UMLAUT = re.compile(r"[äöüæœø]")
_SPELLED_OUT = re.compile(r"(?<=[aou])e")  # Mueller for Müller
_ODD_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
_WEAK_ENDINGS: Endings = {1: frozenset({("holding",), ("holdings",), ("group",), ("groupe",), ("gruppe",), ("companies",)})}


@dataclass(frozen=True, slots=True)
class Form:
    """`words` is the name's core and `removed` what was taken from it, by kind; `umlaut` if it was written with one."""

    words: Words
    removed: tuple[str, ...]
    umlaut: bool

    @property
    def squashed(self) -> str:
        """The core without spaces: First Energy and FirstEnergy are one."""
        return "".join(self.words)

    @property
    def key(self) -> str:
        """Equal for names that may be one: as `squashed`, and an umlaut may be spelled out."""
        return _SPELLED_OUT.sub("", self.squashed)


def form(name: str) -> Form:
    """The normal form of a company's name; at least one word always remains if there was any."""
    text = unicodedata.normalize("NFC", name).casefold()
    umlaut = _UMLAUT.search(text) is not None
    text, share_class = _cut(_SHARE_CLASS, _plain(text))
    text, web_suffix = _cut(_WEB_SUFFIX, text)
    words, article = _without_article(_words(text))
    words, weak_late = _strip(words, _WEAK_ENDINGS)
    words, legal = _strip(words, _legal_forms())
    words, weak = _strip(words, _WEAK_ENDINGS)
    core = tuple(word for word in words if word != "and") or words
    return Form(core, (share_class, article, web_suffix, legal, f"{weak} {weak_late}".strip()), umlaut)


def _plain(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_ODD_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.search(text)
    if found is None or not _WORD.search(text[: found.start()]):
        return text, ""
    return text[: found.start()] + " " + text[found.end() :], " ".join(_WORD.findall(found.group()))


def _words(text: str) -> Words:
    """Words in lower case; initials that follow each other are one word (A. O. Smith, AO Smith)."""
    words: list[str] = []
    joined = False
    for word in _WORD.findall(_SILENT.sub("", text.replace("&", " and "))):
        initial = len(word) == 1 and word.isalpha()
        if initial and joined:
            words[-1] += word
        else:
            words.append(word)
        joined = initial
    return tuple(words)


def _without_article(words: Words) -> tuple[Words, str]:
    if len(words) > 1 and words[0] == "the":
        return words[1:], "the"
    if len(words) > 1 and words[-1] == "the":
        return words[:-1], "the"
    return words, ""


def _strip(words: Words, endings: Endings) -> tuple[Words, str]:
    """Take known endings off, longest first, as long as a word remains."""
    taken = words
    while size := next((n for n in endings if n < len(taken) and taken[-n:] in endings[n]), 0):
        taken = taken[:-size]
    return taken, " ".join(words[len(taken) :])


@cache
def _legal_forms() -> Endings:
    """cleanco's legal forms, spelled in words as names are."""
    terms = {_words(" ".join(parts)) for _, parts in prepare_default_terms()}
    return {
        n: frozenset(term for term in terms if len(term) == n)
        for n in sorted({len(term) for term in terms} - {0}, reverse=True)
    }
