"""Snapshots: a tie-out kept with all that it was computed from, and the way in which people sign it. Pure."""

from hub.finance.snapshots.differences import Acceptance, Accepted, Adjustment, Settled, settle
from hub.finance.snapshots.sign_off import CLOSED, DRAFT, PREPARED, REVIEWED, Facts, Signature, sign, signable, state
from hub.finance.snapshots.snapshot import Snapshot, again, take

__all__ = [
    "CLOSED",
    "DRAFT",
    "PREPARED",
    "REVIEWED",
    "Acceptance",
    "Accepted",
    "Adjustment",
    "Facts",
    "Settled",
    "Signature",
    "Snapshot",
    "again",
    "settle",
    "sign",
    "signable",
    "state",
    "take",
]
