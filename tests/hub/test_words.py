"""Every code of the ground has its sentence, and every sentence can be filled."""

from __future__ import annotations

import re
import string
from pathlib import Path

from hub.sentences import SENTENCES
from hub.words import Problem, Problems, tell

GROUND = [Path(__file__).parents[2] / "hub" / name for name in ("settings.py", "vault.py", "db.py", "keeper")]


def sources() -> str:
    return "".join(file.read_text() for room in GROUND for file in ([room] if room.is_file() else sorted(room.rglob("*.py"))))


def test_every_code_raised_has_its_sentence_and_data() -> None:
    raised = re.findall(r'Problem\(\s*"(\w+)"(.*?)\)(?:\s|$)', sources(), re.DOTALL)
    assert len(raised) > 10
    for code, data in raised:
        wanted = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name}
        assert wanted <= set(re.findall(r"(\w+)=", data)), code


def test_several_problems_are_told_line_by_line() -> None:
    both = Problems("settings_invalid", [Problem("user_missing"), Problem("variable_unset", variable="X")])
    assert len(tell(both).splitlines()) == 2


def test_a_code_without_a_sentence_is_told_as_it_is() -> None:
    assert tell(Problem("never_heard", of="it")) == 'never_heard {"of": "it"}'
