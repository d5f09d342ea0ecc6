"""Where practice customers sit: streets and cities to draw from, and the reading of "City, Region" texts."""

from __future__ import annotations

import re
from typing import NamedTuple

COUNTRIES = {
    "australia": "AU", "austria": "AT", "belgium": "BE", "bermuda": "BM", "canada": "CA", "denmark": "DK", "france": "FR",
    "germany": "DE", "ireland": "IE", "italy": "IT", "japan": "JP", "luxembourg": "LU", "netherlands": "NL", "norway": "NO",
    "singapore": "SG", "spain": "ES", "sweden": "SE", "switzerland": "CH", "u.k.": "GB", "u.s.": "US", "uk": "GB",
    "united kingdom": "GB", "united states": "US", "us": "US", "usa": "US",
}  # fmt: skip

CITIES = (
    ("Springfield", "Illinois", "US"), ("Riverside", "California", "US"), ("Franklin", "Tennessee", "US"),
    ("Salem", "Oregon", "US"), ("Fairview", "Texas", "US"), ("Burlington", "Vermont", "US"), ("Georgetown", "Kentucky", "US"),
    ("Greenville", "South Carolina", "US"), ("Bristol", "Connecticut", "US"), ("Arlington", "Virginia", "US"),
    ("Cork", "Munster", "IE"), ("Leeds", "England", "GB"), ("Bremen", "Bremen", "DE"), ("Osaka", "Osaka", "JP"),
)  # fmt: skip

STREETS = ("Market Street", "Station Road", "Harbor Lane", "Mill Street", "Orchard Avenue", "Bridge Street", "Park Row")

# Area codes whose 555-01xx numbers are set aside for invention.
AREA_CODES = (
    202, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 224, 225, 228, 229, 231, 234, 239, 240, 248, 251,
    252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315,
    316, 317, 318, 319, 320, 321, 323, 330, 334, 336, 337, 347,
)  # fmt: skip

_FOOTNOTE = re.compile(r"\[\d+\]")


class Place(NamedTuple):
    city: str
    region: str
    country: str  # ISO 3166 alpha-2


def place(text: str) -> Place | None:
    """A place from "City, Region" (the United States) or "City[, Region], Country"; None if the text is no place."""
    parts = [part.strip() for part in _FOOTNOTE.sub("", text).split(";")[0].split(",") if part.strip()]
    if len(parts) < 2:
        return None
    country = COUNTRIES.get(parts[-1].casefold())
    if country is None:
        return Place(parts[0], parts[-1], "US")
    return Place(parts[0], parts[-2] if len(parts) > 2 else "", country)


def phone(number: int) -> str:
    """The number-th telephone that nobody has: +1 202-555-0100 and on; they repeat after 6,000."""
    return f"+1 {AREA_CODES[number // 100 % len(AREA_CODES)]}-555-01{number % 100:02}"
