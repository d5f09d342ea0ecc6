"""Zendesk's own shapes: one name for two, a yes or no for consent, and two kinds of satisfaction survey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from mappings.lens import Lens
from mappings.scalars import wrong
from mappings.transforms import TRANSFORMS, Transform
from mappings.values import ABSENT, Refused, is_blank

_INSTANT = TRANSFORMS["datetime"].make(None)

# https://developer.zendesk.com/documentation/ticketing/reference-guides/via-object-reference/
_CHANNELS = {
    "email": "email",
    "web": "web",
    "web_widget": "web",
    "help_center": "web",
    "web_messaging": "chat",
    "native_messaging": "chat",
    "chat": "chat",
    "chat_transcript": "chat",
    "voice": "phone",
    "phone_call_inbound": "phone",
    "phone_call_outbound": "phone",
    "voicemail": "phone",
    "api": "api",
    "web_service": "api",
}
_GOOD_OR_BAD = {"good": Decimal(1), "bad": Decimal(0)}
_NOT_ANSWERED = frozenset({"", "offered", "unoffered"})


def _reads(get: Callable[[Any], Any], *keys: str) -> Lens:
    """`keys`: it reads the whole record, and these of its keys."""
    return Lens(get, None, keys=keys)


def _text(said: Any) -> str:
    """ "" for a blank."""
    if is_blank(said):
        return ""
    if not isinstance(said, str):
        raise wrong("text", said)
    return said


def _given_name(name: Any) -> str | None:
    """All words but the last; the only one."""
    words = _text(name).split()
    return " ".join(words[:-1] or words) or None


def _family_name(name: Any) -> str | None:
    words = _text(name).split()
    return words[-1] if len(words) > 1 else None


# Consent.

_MARKETING = "email/marketing"
_SAID = {"yes": "granted", "no": "denied"}
_SAY = {state: word for word, state in _SAID.items()}


def _consents() -> Lens:
    """The one consent that Zendesk is asked to hold: whether marketing may write e-mail."""

    def get(fields: Any) -> Any:
        if not isinstance(fields, dict) or "marketing_email" not in fields:
            return ABSENT
        word = fields["marketing_email"]
        if is_blank(word):
            return {_MARKETING: None}
        state = _SAID.get(word.strip().lower()) if isinstance(word, str) else None
        return {_MARKETING: {"state": state or str(word), "evidence": "marketing_email"}}

    def change(value: Any, fields: Any) -> Any:
        said = {topic: state for topic, each in (value or {}).items() if (state := _state(each)) is not None}
        word = _SAY.get(said.pop(_MARKETING, ""))
        if said:
            raise Refused("no_place_for", parts=sorted(said))
        return {**(fields or {}), "marketing_email": word}

    return Lens(get, change, same=lambda left, right: _said(left) == _said(right), keys=("marketing_email",))


def _state(consent: Any) -> str | None:
    state = None if is_blank(consent) else consent["state"]
    return None if state == "unknown" else state


def _said(consents: Any) -> dict[str, str]:
    return {topic: state for topic, each in (consents or {}).items() if (state := _state(each)) is not None}


# Agents and tickets.


def _active(agent: Any) -> Any:
    """Whether somebody can sign in."""
    active = agent.get("active", ABSENT)
    return ABSENT if active is ABSENT else active is True and agent.get("suspended") is not True


def _channel(word: Any) -> str | None:
    """Zendesk adds channels all the time: what is not known is another one."""
    text = _text(word)
    return _CHANNELS.get(text, "other") if text else None


def _escalated(ticket: Any) -> Any:
    """A ticket that bears the tag `escalated`, as of its first day: nobody tells when a tag was put."""
    tags = ticket.get("tags", ABSENT)
    if tags is ABSENT or "created_at" not in ticket:
        return ABSENT
    return _INSTANT.get(ticket["created_at"]) if isinstance(tags, list) and "escalated" in tags else None


# Answers.


def _csat(answer: Any) -> Any:
    return "csat" if "id" in answer else ABSENT


def _good_or_bad(word: Any) -> Decimal | None:
    """1 or 0; nothing while nobody has answered."""
    text = _text(word)
    if text in _NOT_ANSWERED:
        return None
    score = _GOOD_OR_BAD.get(text.partition("_")[0])  # good_with_comment
    if score is None:
        raise Refused("unknown_value", value=text[:200])
    return score


def _rating_scale(rating: Any) -> Any:
    return ABSENT if "score" not in rating else None if _good_or_bad(rating["score"]) is None else Decimal(1)


def _rated_at(rating: Any) -> Any:
    if "score" not in rating or "updated_at" not in rating:
        return ABSENT
    return None if _good_or_bad(rating["score"]) is None else _INSTANT.get(rating["updated_at"])


def _answers(value: Any, kind: str) -> Iterator[dict[str, Any]]:
    if not is_blank(value) and not isinstance(value, list):
        raise wrong("list", value)
    return (each for each in value or () if isinstance(each, dict) and each.get("type") == kind)


def _rating(answers: Any) -> dict[str, Any]:
    """The answer to the question of satisfaction; {} while there is none."""
    return next((each for each in _answers(answers, "rating_scale") if each.get("rating") is not None), {})


def _highest(answers: Any) -> Any:
    """The best answer that could be given."""
    rating = _rating(answers)
    question = rating.get("question")
    options = question.get("options") if isinstance(question, dict) else None
    offered = [each["rating"] for each in options or () if isinstance(each, dict) and isinstance(each.get("rating"), int)]
    return None if not rating else max(offered, default=5)


def _comment(answers: Any) -> str | None:
    said = [each["value"] for each in _answers(answers, "open_ended") if isinstance(each.get("value"), str)]
    return "\n".join(said) or None


def _subject(subjects: Any) -> Any:
    """The ticket's id; subjects are tickets, and may be other things."""
    found = subjects if isinstance(subjects, list) else []
    return next((each.get("id") for each in found if isinstance(each, dict) and "ticket" in str(each.get("type"))), None)


def _fixed(lens: Lens) -> Callable[[Any], Lens]:
    def make(argument: Any) -> Lens:
        if argument is not None:
            raise Refused("takes_no_argument")
        return lens

    return make


def _transform(name: str, lens: Lens, examples: dict[str, Any] | list[tuple[Any, Any]], gives: str = "") -> Transform:
    pairs = examples.items() if isinstance(examples, dict) else examples
    return Transform(
        f"zendesk.{name}",
        _fixed(lens),
        tuple((None, external, canonical) for external, canonical in pairs),
        frozenset(gives.split()),
    )


_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_RATED = [
    {"type": "open_ended", "value": "Fast"},
    {
        "type": "rating_scale",
        "rating": 4,
        "question": {"options": [{"rating": 1}, {"rating": 5}]},
        "created_at": "2026-01-31T12:00:00Z",
    },
]

_ALL = (
    _transform("given_name", _reads(_given_name), {"Mary Ann Smith": "Mary Ann", "Cher": "Cher"}, "text"),
    _transform("family_name", _reads(_family_name), {"Mary Ann Smith": "Smith", "Cher": None}, "text"),
    _transform(
        "consents",
        _consents(),
        [
            ({"marketing_email": "no"}, {_MARKETING: {"state": "denied", "evidence": "marketing_email"}}),
            ({"marketing_email": None}, {_MARKETING: None}),
        ],
        "map",
    ),
    _transform("active", _reads(_active, "active", "suspended"), [({"active": True, "suspended": True}, False)], "bool"),
    _transform("channel", _reads(_channel), {"voice": "phone", "carrier_pigeon": "other"}, "enum"),
    _transform(
        "escalated",
        _reads(_escalated, "tags", "created_at"),
        [({"tags": ["escalated"], "created_at": "2026-01-31T12:00:00Z"}, _NOON)],
        "datetime",
    ),
    _transform("csat", _reads(_csat, "id"), [({"id": 1}, "csat")], "enum"),
    _transform("good_or_bad", _reads(_good_or_bad), {"good": Decimal(1), "bad": Decimal(0), "offered": None}, "decimal"),
    _transform("rating_scale", _reads(_rating_scale, "score"), [({"score": "bad"}, Decimal(1))], "decimal"),
    _transform(
        "rated_at",
        _reads(_rated_at, "score", "updated_at"),
        [({"score": "good", "updated_at": "2026-01-31T12:00:00Z"}, _NOON)],
        "datetime",
    ),
    _transform("rating", _reads(lambda answers: _rating(answers).get("rating")), [(_RATED, 4)]),
    _transform("highest", _reads(_highest), [(_RATED, 5)]),
    _transform("answered_at", _reads(lambda answers: _rating(answers).get("created_at")), [(_RATED, "2026-01-31T12:00:00Z")]),
    _transform("comment", _reads(_comment), [(_RATED, "Fast")], "text"),
    _transform("subject", _reads(_subject), [([{"type": "ticket", "id": "99"}], "99")]),
)

LENSES = {transform.name: transform for transform in _ALL}
