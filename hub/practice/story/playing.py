"""Plays a scene on a stage and words what is seen, act by act."""

from __future__ import annotations

from hub.practice.story.plays import PLAYS
from hub.practice.story.scenes import SCENES, Scene
from hub.practice.story.seen import Play
from hub.practice.story.stage import Stage
from hub.words import Problem


def scene(number: int) -> Scene:
    """Raises Problem `scene_unknown`."""
    for each in SCENES:
        if each.number == number:
            return each
    raise Problem("scene_unknown", number=number, last=len(SCENES))


def play(number: int, stage: Stage) -> Play:
    return PLAYS[number](stage)
