"""A problem is a code plus data; people's words for it are found when it is read, in their language (gettext)."""

from __future__ import annotations

import gettext as _gettext
import json
from functools import cache
from pathlib import Path
from typing import Any

from hub.sentences import SENTENCES

LOCALES = Path(__file__).parent / "locales"


class Problem(Exception):
    """Something is wrong that a person can put right. `words.tell(problem)` says it in their language."""

    def __init__(self, code: str, **data: Any) -> None:
        self.code, self.data = code, data
        super().__init__(code, data)

    def __str__(self) -> str:
        return f"{self.code} {json.dumps(self.data, default=str, sort_keys=True)}" if self.data else self.code


class Problems(Problem):
    """Several at once, so that all can be put right in one go."""

    def __init__(self, code: str, found: list[Problem]) -> None:
        super().__init__(code)
        self.found = found

    def __str__(self) -> str:
        return "; ".join(str(one) for one in self.found)


@cache
def catalogue(lang: str) -> _gettext.NullTranslations:
    return _gettext.translation("concord", LOCALES, languages=[lang], fallback=True)


def text(msgid: str, lang: str = "en", /, **data: Any) -> str:
    """The sentence in that language, with `{names}` filled from the data."""
    return catalogue(lang).gettext(msgid).format(**data)


def tell(problem: Problem, lang: str = "en") -> str:
    """What happened, where, and what to do: one line per problem found."""
    if isinstance(problem, Problems):
        return "\n".join(tell(one, lang) for one in problem.found)
    sentence = SENTENCES.get(problem.code)
    return str(problem) if sentence is None else text(sentence, lang, **problem.data)
