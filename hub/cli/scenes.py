"""`hub demo scene N` and `hub demo kill`: the story played and checked, on the demo that runs or on one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.context import Hub
    from hub.practice.story.acts import Seen
    from hub.practice.story.running import Running
    from hub.practice.story.scenes import Scene
    from hub.settings import Settings

OK, NOT = "●", "▲"


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


def _told(what: str, seen: Iterable[Seen], *, as_json: bool) -> int:
    """Each look as it is taken; failed if one of them is not as it should be."""
    ok = True
    lines = []
    for each in seen:
        ok = ok and each.ok
        worded = _(each.sentence, **_titled(each.data))
        lines.append({"ok": each.ok, "seen": worded, **each.data})
        if not as_json:
            rim.show(f"  {OK if each.ok else NOT} {worded}")
    if as_json:
        rim.line({"event": what, "ok": ok, "looks": lines})
    return rim.DONE if ok else rim.FAILED


def _titled(data: dict[str, object]) -> dict[str, object]:
    """Systems as their vendors write themselves."""
    from hub.practice.twins import titles

    known = titles()
    said = {**data}
    if "system" in said:
        said["system"] = known[str(said["system"])]
    if "systems" in said:
        said["systems"] = ", ".join(known[name] for name in str(said["systems"]).split(", "))
    return said


def _announce(played: Scene) -> None:
    rim.show(_("Scene {number} · {title}", number=played.number, title=_(played.title)))
    rim.show(_("What happens: {text}", text=_(played.happens)))
    rim.show(_("What you should see: {text}", text=_(played.see)))
    rim.show(_("What was seen:"))


def _after(played: Scene, status: int) -> None:
    from hub.practice.story.scenes import NEEDS

    for part, need in played.needs:
        rim.show(_("Left out: {part} (needs {need})", part=_(part), need=_(NEEDS[need])))
    if status != rim.DONE and played.once:
        rim.show(_("This scene can be played once: start the demo anew."))
    rim.show(_("Do it yourself: {text}", text=_(played.do)))
