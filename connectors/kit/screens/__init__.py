"""Pages for people at a practice system: what a vendor declares of its screen, and what is made of it."""

from connectors.kit.screens.declared import Field, Kind, Related, Screen
from connectors.kit.screens.looks import DAY, EPOCH, FLAG, LINES, MOMENT, NUMBER, RAW, TEXT, Look, choice, minor, shown_money

__all__ = [
    "DAY",
    "EPOCH",
    "FLAG",
    "LINES",
    "MOMENT",
    "NUMBER",
    "RAW",
    "TEXT",
    "Field",
    "Kind",
    "Look",
    "Related",
    "Screen",
    "choice",
    "minor",
    "shown_money",
]
