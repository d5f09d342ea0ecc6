"""Marks what people read."""

from __future__ import annotations


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "extract this, translate later"
    return msgid
