"""Plays a scene on a stage and words what is seen, act by act."""

from __future__ import annotations

from collections.abc import Iterator

from hub.practice.story.acts import Seen
from hub.practice.story.plays import PLAYS
from hub.practice.story.scenes import SCENES, Scene
from hub.practice.story.stage import Stage
from hub.words import Problem


def scene(number: int) -> Scene:
    """Raises Problem `scene_unknown`."""
    for each in SCENES:
        if each.number == number:
            return each
    raise Problem("scene_unknown", number=number, last=len(SCENES))


def play(number: int, stage: Stage) -> Iterator[Seen]:
    for act in PLAYS[number]:
        yield from act.play(stage)
