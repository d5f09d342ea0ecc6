"""`hub demo scene N` and `hub demo kill`: the story played and checked, on the demo that runs or on one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.context import Hub
    from hub.practice.story.running import Running
    from hub.practice.story.scenes import Scene
    from hub.practice.story.seen import Play
    from hub.settings import Settings

MARKS = {True: "●", False: "▲", None: "→"}


def register(group: typer.Typer) -> None:
    group.command(help=_("Play one of the twelve scenes on the demo that runs here, or on one of its own, and check it."))(
        scene
    )
    group.command(help=_("End the worker of the running demo in the middle of its work, and see everything accounted for."))(
        kill
    )


def scene(
    number: Annotated[int, typer.Argument(metavar="N", min=1, max=12, show_default=False, help=_("1 to 12."))],
    *,
    json: AsJson = False,
) -> None:
    from hub.practice.story import playing

    played = playing.scene(number)
    if not json:
        _announce(played)
    status = _staged(lambda stage: _told(f"scene {number}", playing.play(number, stage), as_json=json))
    if not json:
        _after(played, status)
    rim.leave(status)


def kill(*, json: AsJson = False) -> None:
    from hub.practice.story import encore

    rim.leave(_staged(lambda stage: _told("kill", encore.kill(stage), as_json=json)))


def _staged(play: Callable[[Running], int]) -> int:
    """On the demo of this HUB_HOME if it runs, else on a new one that ends afterwards."""
    from hub import logs, settings
    from hub.practice.story.running import answering

    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log if "log" in read.model_fields_set else "warning")
    if answering(read):
        with rim.opened() as hub:
            return _played(read, hub, hub.clock.sleep, play)
    return _begun(read, play)


def _begun(read: Settings, play: Callable[[Running], int]) -> int:
    from dataclasses import replace

    from hub.cli.twins import base_of
    from hub.practice import demo
    from hub.practice.voice import Quietly

    rim.say(_("No demo runs here. One is started for this scene …"))
    base = replace(base_of(None, 7, None), count=None)
    return demo.run(read, base, Quietly(), once=True, seconds=300, then=lambda hub, rest: _played(read, hub, rest, play))


def _played(read: Settings, hub: Hub, rest: Callable[[float], None], play: Callable[[Running], int]) -> int:
    from hub.practice.story.running import Running, answering

    return play(Running(hub, answering(read), rest))


def _told(what: str, play: Play, *, as_json: bool) -> int:
    """Each line as it happens; failed if something is not as it should be."""
    seen = []
    for each in play:
        seen.append(each)
        if not as_json:
            rim.show(f"  {MARKS[each.ok]} {each.text}")
    ok = all(each.ok is not False for each in seen)
    if as_json:
        rim.line({"event": what, "ok": ok, "looks": [{"ok": each.ok, "seen": each.text} for each in seen]})
    return rim.DONE if ok else rim.FAILED


def _announce(played: Scene) -> None:
    rim.show(_("Scene {number} · {title}", number=played.number, title=_(played.title)))
    rim.show(_("What happens: {text}", text=_(played.happens)))
    rim.show(_("What you should see: {text}", text=_(played.see)))
    rim.show(_("What was seen:"))


def _after(played: Scene, status: int) -> None:
    from hub.practice.story.scenes import NEEDS

    for part, need in played.needs:
        rim.show(_("Left out: {part} (needs {need})", part=_(part), need=_(NEEDS[need])))
    if status != rim.DONE:
        rim.show(_("If its customers were edited before, start the demo anew: a scene begins where the demo began."))
    rim.show(_("Do it yourself: {text}", text=_(played.do)))
