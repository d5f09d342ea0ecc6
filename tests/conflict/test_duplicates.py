"""Suspected duplicates: what must be found, what must not, and that a crowd does not make it slow."""

import csv
import os
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.duplicates import THRESHOLD, Named, Suspect, suspects
from conflict.names import form


def judge(a: str, b: str, **keys: tuple[tuple[str, ...], tuple[str, ...]]) -> Suspect | None:
    left = Named("a", a, **{name: values[0] for name, values in keys.items()})
    right = Named("b", b, **{name: values[1] for name, values in keys.items()})
    return next(iter(suspects([right, left])), None)


LEGAL, CLASS, WEB, WEAK = (f"same_name_without_{kind}" for kind in ("legal_form", "share_class", "web_suffix", "weak_word"))
FOUND = [
    ("Microsoft", "Microsoft Corporation", {LEGAL}),
    ("Amazon", "Amazon.com, Inc.", {WEB, LEGAL}),
    ("Alphabet Inc. (Class A)", "Alphabet Inc. (Class C)", {CLASS}),
    ("Alphabet", "Alphabet Inc. (Class C)", {CLASS, LEGAL}),
    ("Cardboard Comet Freight", "Cardboard Comet Freight Ltd.", {LEGAL}),
    ("Zero-Gravity Origami", "Zero-Gravity Origami K.K.", {LEGAL}),
    ("Coca-Cola Company (The)", "The Coca Cola Co.", {LEGAL}),
    ("Hershey", "Hershey (The)", {"same_name_without_article"}),
    ("Marsh & McLennan", "Marsh and McLennan", {"same_name"}),
    ("Marsh & McLennan", "Marsh McLennan", {"same_name"}),
    ("AT&T", "AT & T Inc", {LEGAL}),
    ("O\u2019Reilly Automotive", "O'Reilly Automotive", {"same_name"}),
    ("Brown\u2013Forman", "Brown-Forman", {"same_name"}),
    ("Müller GmbH", "Muller GmbH & Co. KG", {LEGAL}),
    ("Müller GmbH", "Mueller GmbH", {"same_name_without_umlauts"}),
    ("A. O. Smith", "AO Smith", {"same_name"}),
    ("FirstEnergy", "First Energy", {"same_name_without_spaces"}),
    ("Lilly (Eli)", "Eli Lilly", {"same_words"}),
    ("Acme Holdings", "ACME", {WEAK}),
    ("Acme Group", "Acme Holdings Ltd", {WEAK, LEGAL}),
    ("Caterpilar Inc", "Caterpillar Inc.", {"similar_name"}),
]
APART = [
    ("American Airlines", "American Express"), ("News Corp", "Fox"), ("First Solar", "First Energy"),
    ("General Mills", "General Motors"), ("Delta Air Lines", "Delta Electronics"), ("American Tower", "American Power"),
    ("FedEx", "FedEx Freight"), ("GE Aerospace", "GE Vernova"), ("Unit 100001", "Unit 100002"), ("Entergy", "Evergy"),
    ("Dover", "Dow"), ("Poet", "Pot"), ("", ""), ("???", "!!!"), ("Inc.", "Ltd."),
    ("Williams Companies", "Williams-Sonoma"), ("Honeywell Aerospace", "Honeywell Technologies"),
    ("Norwegian Air", "Norwegian Cruise"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "evidence"), FOUND)
def test_one_company_under_two_names_is_found(a: str, b: str, evidence: set[str]) -> None:
    suspect = judge(a, b)
    assert suspect is not None
    assert set(suspect.evidence) == evidence
    assert THRESHOLD <= suspect.score <= 1
    assert suspect.names == (a, b)


@pytest.mark.parametrize(("a", "b"), APART)
def test_two_companies_of_alike_names_are_left_alone(a: str, b: str) -> None:
    assert judge(a, b) is None


def test_other_evidence_adds_to_a_weak_name() -> None:
    names = ("Cisco", "Cisco Systems")
    assert judge(*names) is None
    by_phone = judge(*names, phones=(("+1 202-555-0100",), ("(1) 202 555 0100",)))
    assert by_phone is None  # the name within the name and a switchboard: not yet
    sure = judge(*names, phones=(("+1 202-555-0100",), ("12025550100",)), domains=(("cisco.example",), ("shop.cisco.co.uk",)))
    assert sure is not None
    assert sure.evidence == ("name_within_name", "same_domain_stem", "same_phone")


def test_keys_alone_can_be_enough() -> None:
    keys = {
        "domains": (("acme.example",), ("www.acme.example",)),
        "contacts": (("Ann@acme.example", "b@x.example"), ("ann@acme.example",)),
    }
    suspect = judge("Acme", "Bolt", **keys)
    assert suspect is not None
    assert suspect.evidence == ("same_domain", "same_contact")
    assert judge("Acme", "Bolt", addresses=(("1 Mill St., Cork",), ("1 mill st Cork",))) is None


def test_more_evidence_never_lowers_the_score() -> None:
    plain = judge("Acme", "Acme Ltd")
    more = judge("Acme", "Acme Ltd", phones=(("2025550100",), ("2025550100",)), contacts=(("a@x.example", "b@x.example"),) * 2)
    assert plain is not None
    assert more is not None
    assert plain.score < more.score < 1
    assert more.evidence == (LEGAL, "same_contact", "same_phone")


words = st.sampled_from(
    [
        "Acme",
        "First",
        "Solar",
        "Müller",
        "Energy",
        "Inc.",
        "& Co.",
        "(Class A)",
        "The",
        "Holdings",
        "of",
        "1",
        "",
        "—",
        "株式会社",
    ]
)
names = st.lists(words, max_size=4).map(" ".join) | st.text(max_size=12)
records = st.lists(
    st.tuples(names, st.lists(st.sampled_from(["2025550100", "2025550101"]), max_size=2).map(tuple)), max_size=25
)


@given(records, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(drawn: list[tuple[str, tuple[str, ...]]], chance: object) -> None:
    known = [Named(f"{number:02}", name, phones) for number, (name, phones) in enumerate(drawn)]
    found = suspects(known)
    chance.shuffle(known)  # type: ignore[attr-defined]  # Hypothesis' Random
    assert suspects(known) == found
    assert all(one.a < one.b and THRESHOLD <= one.score <= 1 and one.evidence for one in found)
    assert len({(one.a, one.b) for one in found}) == len(found)


@given(names, st.sampled_from(["Inc.", "Ltd", "GmbH", "Corporation", "S.A.", "plc", "K.K.", "Oyj"]))
def test_a_legal_form_behind_a_name_never_hides_it(name: str, legal_form: str) -> None:
    if form(name).squashed and form(f"{name} {legal_form}").words == form(name).words:
        assert judge(name, f"{name} {legal_form}") is not None
    elif name.isascii() and name.isalpha() and len(name) > 3:
        raise AssertionError(f"{name!r} lost its form")


@given(st.text(max_size=30))
def test_blanks_around_a_name_do_not_matter_and_its_last_word_is_never_taken(name: str) -> None:
    assert form(f"  {name} ") == form(name)
    assert all(form(name).words)
    assert not any(letter.isalnum() for letter in name if letter.isascii()) or form(name).words


def test_a_crowd_of_one_name_is_compared_with_its_first_only() -> None:
    found = suspects(Named(f"{number:04}", "Test Ltd") for number in range(2000))
    assert len(found) == 1999
    assert {one.a for one in found} == {"0000"}


def test_a_phone_of_a_crowd_is_no_evidence() -> None:
    twins = [
        Named(f"{n:03}{side}", f"Firm{n} {side}", ("2025550100",), (f"firm{n}.example",))
        for n in range(30)
        for side in ("Alpha", "Beta")
    ]
    assert suspects(twins) == suspects(one._replace(phones=()) for one in twins) == []


def test_a_hundred_thousand_names_take_seconds_and_little_memory() -> None:
    crowd = [
        Named(f"{n:06}", f"United {_invented(n)} Logistics", (f"1202{n // 2:07}",), (f"d{n}.example",)) for n in range(10_000)
    ]
    rest = [
        Named(f"{n:06}", f"{_invented(n)} {_invented(n * 7919 + 3)} Foods Inc.", domains=(f"d{n}.example",))
        for n in range(10_000, 99_990)
    ]
    copies = [one._replace(id=f"c{one.id}", name=f"{one.name.removesuffix(' Inc.')} GmbH", domains=()) for one in rest[:10]]
    started = time.process_time()
    found = suspects([*crowd, *rest, *copies])
    assert time.process_time() - started < 20
    assert {(f"{n:06}", f"c{n:06}") for n in range(10_000, 10_010)} <= {(one.a, one.b) for one in found}
    assert len(found) < 1000


def test_memory_grows_with_the_number_not_its_square() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        suspects(Named(f"{n:06}", f"United {_invented(n)} Logistics") for n in range(count))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(8000) < 6 * peak(2000)


def _invented(number: int) -> str:
    """A pronounceable word of its own for each number below a million."""
    spread, word = number * 611_953 % 1_000_003, ""
    for _ in range(4):
        spread, at = divmod(spread, 95)
        word += "bcdfghjklmnprstvwxz"[at % 19] + "aeiou"[at % 5]
    return word.title()


@pytest.fixture
def real_names() -> list[str]:
    place = os.environ.get("CONCORD_COMPANIES", "../shared/data/companies.csv")
    path = Path(__file__).parents[2] / place
    if not path.exists():
        pytest.skip(f"no file of real company names at {place}: set CONCORD_COMPANIES to one (CSV with a column Security)")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [row["Security"] for row in csv.DictReader(lines)]


def test_of_real_companies_only_share_classes_are_suspected(real_names: list[str]) -> None:
    found = suspects(Named(f"{number:04}", name) for number, name in enumerate(real_names))
    assert sorted({one.names[0].split(" (")[0] for one in found}) == ["Alphabet Inc.", "Fox Corporation", "News Corp"]
    assert all(one.evidence == (CLASS,) for one in found)


def test_a_copy_of_every_real_company_is_found(real_names: list[str]) -> None:
    copies = [Named(f"b{number:04}", f"{name.removesuffix(' (The)').upper()}, LLC") for number, name in enumerate(real_names)]
    found = {
        (one.a, one.b) for one in suspects([*(Named(f"a{number:04}", name) for number, name in enumerate(real_names)), *copies])
    }
    missed = [
        name
        for number, name in enumerate(real_names)
        if (f"a{number:04}", f"b{number:04}") not in found and "(Class" not in name
    ]
    assert missed == []
