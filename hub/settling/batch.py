"""What settling a batch of golden records gave."""

from __future__ import annotations

from conflict.columns import Resolve
from conflict.settle import Settled
from hub.settling.loading import Golden
from hub.settling.store import Outcome


class Settling:
    """The loaded golden records with what the core said of each, and what became of them."""

    def __init__(
        self, goldens: dict[str, Golden], settled: dict[str, Settled], outcomes: dict[str, Outcome], resolve: Resolve
    ) -> None:
        self.goldens = goldens
        self.settled = settled
        self.outcomes = outcomes
        self.resolve = resolve

    @property
    def changed(self) -> list[str]:
        return [id for id, outcome in self.outcomes.items() if outcome.changes or not outcome.golden.known]
