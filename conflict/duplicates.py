"""Suspected duplicates: records whose names, phones, domains, contacts or addresses look like one company.

A suspicion is for a person: nothing is ever linked or merged by it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import combinations
from math import prod
from typing import NamedTuple

from rapidfuzz.distance import OSA

from conflict.names import KINDS, Form, form

THRESHOLD = 0.7
_CROWD = 12  # more records of one name are compared with the first of them only; any other key of more is no key
_WINDOW = 8  # names next in alphabetical order that are compared for typing errors
_LONG_WORD = 8  # in a shorter word one other letter makes another word: Tower, Power

_WEIGHTS = {"same_phone": 0.4, "same_domain": 0.6, "same_domain_stem": 0.45, "same_address": 0.35}
_CODES = (*_WEIGHTS, "same_contact")
_REMOVED = {"share_class": 0.96, "article": 0.99, "web_suffix": 0.96, "legal_form": 0.98, "weak_word": 0.9}
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
_NOT_DIGIT = re.compile(r"\D")


class Named(NamedTuple):
    """One record under suspicion, with whatever else may give it away; contacts are their e-mail addresses."""

    id: str
    name: str
    phones: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Suspect(NamedTuple):
    """Two records that may be one company; `a` < `b`. `score` is 0 to 1; `evidence` holds codes, the names' first."""

    a: str
    b: str
    names: tuple[str, str]
    score: float
    evidence: tuple[str, ...]


def suspects(records: Iterable[Named]) -> list[Suspect]:
    """Pairs worth a person's look, best first; the same whatever the order of `records`. Time and memory grow with their
    number, not with its square: 100,000 take seconds."""
    known = _known(sorted(records))
    found = (_judge(known[i], known[j]) for i, j in _candidates(known))
    return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.a, one.b))


class _Known(NamedTuple):
    record: Named
    form: Form
    key: str
    squashed: str
    keys: Mapping[str, frozenset[str]]


def _known(records: list[Named]) -> list[_Known]:
    """All that is compared of each record; a key of a crowd (a switchboard, an agency's domain) is left out."""
    forms, keys = [form(record.name) for record in records], [_keys(record) for record in records]
    crowded = {code: _crowded(one[code] for one in keys) for code in _CODES}
    return [
        _Known(record, normal, normal.key, normal.squashed, {code: one[code] - crowded[code] for code in _CODES})
        for record, normal, one in zip(records, forms, keys, strict=True)
    ]


def _crowded(keys: Iterable[frozenset[str]]) -> frozenset[str]:
    counted = Counter(key for some in keys for key in some)
    return frozenset(key for key, count in counted.items() if count > _CROWD)


def _keys(record: Named) -> dict[str, frozenset[str]]:
    phones = frozenset(digits for phone in record.phones if len(digits := _NOT_DIGIT.sub("", phone)) >= 7)
    domains = frozenset(domain.strip().casefold().removeprefix("www.") for domain in record.domains if domain.strip())
    return {
        "same_phone": phones,
        "same_domain": domains,
        "same_domain_stem": frozenset(map(_stem, domains)),
        "same_contact": frozenset(contact.strip().casefold() for contact in record.contacts if contact.strip()),
        "same_address": frozenset(" ".join(re.findall(r"\w+", text.casefold())) for text in record.addresses) - {""},
    }


def _stem(domain: str) -> str:
    """What names the company in a domain: acme in acme.com, shop.acme.com and acme.co.uk."""
    labels = domain.split(".")[:-1] or [domain]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return labels[-1]


def _candidates(known: list[_Known]) -> set[tuple[int, int]]:
    """Pairs of positions that share a key or stand next to each other; never all pairs of a crowd."""
    pairs: set[tuple[int, int]] = set()
    for block in (*_blocks((one.key,) for one in known), *_blocks((_sorted_words(one),) for one in known)):
        pairs.update(combinations(block, 2) if len(block) <= _CROWD else ((block[0], other) for other in block[1:]))
    for code in _CODES:
        for block in _blocks(one.keys[code] for one in known):
            pairs.update(combinations(block, 2))
    first = {one.squashed: position for position, one in reversed([*enumerate(known)])}
    pairs.update(_neighbors(first))
    pairs.update(_neighbors({spelling[::-1]: position for spelling, position in first.items()}))
    return pairs


def _blocks(keys: Iterable[Iterable[Hashable]]) -> Iterator[list[int]]:
    """Positions that have a key in common, in ascending order."""
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for position, some in enumerate(keys):
        for key in some:
            if key:
                blocks[key].append(position)
    return (block for block in blocks.values() if len(block) > 1)


def _neighbors(positions: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Spellings that stand close in alphabetical order and differ in one letter. An early slip keeps names close if they
    are read backwards, a late one if forwards."""
    order = sorted(positions)
    for at, left in enumerate(order):
        for right in order[at + 1 : at + 1 + _WINDOW]:
            if OSA.distance(left, right, score_cutoff=1) <= 1:
                a, b = sorted((positions[left], positions[right]))
                yield a, b


def _judge(a: _Known, b: _Known) -> Suspect | None:
    of_names, codes = _compare_names(a, b)
    of_keys = _common_keys(a, b)
    doubt = (1 - of_names) * prod(1 - weight for weight in of_keys.values())
    score = round(1 - doubt, 2)
    if score < THRESHOLD:
        return None
    evidence = (*codes, *sorted(of_keys, key=lambda code: (-of_keys[code], code)))
    return Suspect(a.record.id, b.record.id, (a.record.name, b.record.name), score, evidence)


def _compare_names(a: _Known, b: _Known) -> tuple[float, tuple[str, ...]]:
    """How sure the names alone make us, and why."""
    if not a.squashed or not b.squashed:
        return 0.0, ()
    if a.form.words == b.form.words:
        return _compare_removed(a.form, b.form)
    if a.squashed == b.squashed:
        return 0.9, ("same_name_without_spaces",)
    if a.key == b.key and (a.form.umlaut or b.form.umlaut):
        return 0.88, ("same_name_without_umlauts",)
    if _sorted_words(a) == _sorted_words(b):
        return 0.85, ("same_words",)
    if OSA.distance(a.squashed, b.squashed, score_cutoff=1) <= 1 and not _differs_in_digits(a, b):
        return (0.75 if _in_a_long_word(a, b) else 0.5), ("similar_name",)
    shorter, longer = sorted((a.form.words, b.form.words), key=len)
    return (0.45, ("name_within_name",)) if longer[: len(shorter)] == shorter else (0.0, ())


def _compare_removed(a: Form, b: Form) -> tuple[float, tuple[str, ...]]:
    """Two names of one core: each kind of word that only one has, or has differently, takes a little certainty."""
    kinds = [kind for kind, one, other in zip(KINDS, a.removed, b.removed, strict=True) if one != other]
    codes = tuple(f"same_name_without_{kind}" for kind in kinds) or ("same_name",)
    return 0.98 * prod(_REMOVED[kind] for kind in kinds), codes


def _sorted_words(one: _Known) -> tuple[str, ...]:
    return tuple(sorted(one.form.words))


def _differs_in_digits(a: _Known, b: _Known) -> bool:
    return _NOT_DIGIT.sub("", a.squashed) != _NOT_DIGIT.sub("", b.squashed)


def _in_a_long_word(a: _Known, b: _Known) -> bool:
    """One slip of the pen, not at the beginning, in a word that is long enough to be no other word."""
    if len(a.form.words) != len(b.form.words):
        return False
    [(one, other)] = [pair for pair in zip(a.form.words, b.form.words, strict=True) if pair[0] != pair[1]]
    return min(len(one), len(other)) >= _LONG_WORD and one[0] == other[0]


def _common_keys(a: _Known, b: _Known) -> dict[str, float]:
    found = {code: weight for code, weight in _WEIGHTS.items() if a.keys[code] & b.keys[code]}
    if "same_domain" in found:
        found.pop("same_domain_stem", None)
    if common := a.keys["same_contact"] & b.keys["same_contact"]:
        found["same_contact"] = 0.35 if len(common) == 1 else 0.5
    return found
