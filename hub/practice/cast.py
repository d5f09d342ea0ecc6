"""Who practice customers are made of: invented names, people, titles, industries and what they pay for."""

from __future__ import annotations

from decimal import Decimal
from math import gcd
from typing import NamedTuple

ADJECTIVES = (
    "Polite", "Wobbly", "Borrowed", "Left-Handed", "Upside-Down", "Second-Hand", "Sleepy", "Velvet", "Patient", "Hollow",
    "Crooked", "Cheerful", "Reluctant", "Imaginary", "Folding", "Invisible", "Backwards", "Tidy", "Curious", "Distant",
    "Nimble", "Humble", "Paper", "Weightless", "Absent", "Quiet", "Sunday", "Portable", "Square", "Lukewarm",
)  # fmt: skip
THINGS = (
    "Cactus", "Teapot", "Umbrella", "Moonlight", "Sock", "Lantern", "Pickle", "Walrus", "Compass", "Marmalade", "Pebble",
    "Accordion", "Button", "Turnip", "Kettle", "Otter", "Ladder", "Pancake", "Thimble", "Cloud", "Spoon", "Puddle",
    "Hedgehog", "Trombone", "Biscuit", "Mitten", "Snail", "Postcard", "Canoe", "Igloo", "Parsnip", "Zeppelin",
)  # fmt: skip
TRADES = (
    "Logistics", "Works", "Foods", "Robotics", "Software", "Airlines", "Insurance", "Textiles", "Museum", "Farming",
    "Freight", "Optics", "Media", "Tools", "Clinics",
)  # fmt: skip
ENDINGS = ("", "", "", " Ltd.", " Inc.", " GmbH", " LLC")

GIVEN_NAMES = (
    "Pim", "Ada", "Lou", "Noor", "Ravi", "Mei", "Tomas", "Ines", "Oskar", "Zola", "Kofi", "Hana", "Bruno", "Leila", "Finn",
    "Yuki", "Marta", "Sven", "Amara", "Joao",
)  # fmt: skip
FAMILY_NAMES = (
    "Placeholder", "Invented", "Nobody", "Example", "Sample", "Madeup", "Fictive", "Pretend", "Standin", "Blank",
    "Specimen", "Imagined", "Notional", "Template", "Proxy", "Dummer", "Paperman", "Makebelieve",
)  # fmt: skip
TITLES = (
    "Chief Financial Officer", "Head of Procurement", "IT Manager", "Chief Executive Officer", "Operations Manager",
    "Accounts Payable", "VP Engineering", "Office Manager",
)  # fmt: skip

INDUSTRIES = (
    "software",
    "hardware",
    "media",
    "finance",
    "insurance",
    "real_estate",
    "health",
    "manufacturing",
    "retail",
    "energy",
)
SECTORS = {
    "communication services": "telecommunications", "consumer discretionary": "retail", "consumer staples": "food",
    "energy": "energy", "financials": "finance", "health care": "health", "industrials": "manufacturing",
    "information technology": "software", "materials": "materials", "real estate": "real_estate", "utilities": "energy",
}  # fmt: skip


class Offer(NamedTuple):
    product: str
    monthly: str
    yearly: str


OFFERS: dict[str, tuple[Offer, ...]] = {
    "USD": (
        Offer("Lanternfish Basic", "12.25", "122.50"),
        Offer("Lanternfish Team", "33.33", "349.99"),
        Offer("Lanternfish Business", "49.00", "529.20"),
    ),
    "EUR": (Offer("Lanternfish Basic", "11.90", "119.00"), Offer("Lanternfish Team", "31.50", "330.75")),
    "JPY": (Offer("Lanternfish Basic", "1800", "18000"), Offer("Lanternfish Team", "4800", "50400")),
}
PERCENTS_OFF = tuple(map(Decimal, ("5", "10", "12.5", "15", "33")))


def invented_name(number: int, offset: int) -> str:
    """The number-th name of a shuffled list of all combinations; a second round through the list is numbered."""
    total = len(ADJECTIVES) * len(THINGS) * len(TRADES)
    stride = next(
        step for step in range(total * 618 // 1000, total) if gcd(step, total) == 1
    )  # far enough for neighbours to differ
    again, at = number // total, (number * stride + offset) % total
    at, trade = divmod(at, len(TRADES))
    adjective, thing = divmod(at, len(THINGS))
    ending = ENDINGS[(number + offset) % len(ENDINGS)]
    name = f"{ADJECTIVES[adjective]} {THINGS[thing]} {TRADES[trade]}{ending}"
    return name if again == 0 else f"{name} {again + 1}"
