"""Table shapes. The log is append-only; records, golden records and intents are its folds, kept for speed.

Instants are whole microseconds since 1970 UTC (bigint), as in the core: no zone to lose, and equal bytes on every machine.
Rows of the log name their subject; personal values and raw bodies lie in `payload` alone, so that they can be erased for
one person while row, order and salted hash stay.
"""

from hub.tables.agreed import alias, conflict, duplicate, golden, golden_ref
from hub.tables.base import log_position, metadata, record_id
from hub.tables.finance import adjustment, person, signature, snapshot
from hub.tables.log import change, decision, document, log, payload, steward_link
from hub.tables.sources import connection, quarantine, record, record_key, record_ref, stream, token
from hub.tables.work import due, fact, inbox, intent, lease, quota, refetch, run

__all__ = [
    "adjustment",
    "alias",
    "change",
    "conflict",
    "connection",
    "decision",
    "document",
    "due",
    "duplicate",
    "fact",
    "golden",
    "golden_ref",
    "inbox",
    "intent",
    "lease",
    "log",
    "log_position",
    "metadata",
    "payload",
    "person",
    "quarantine",
    "quota",
    "record",
    "record_id",
    "record_key",
    "record_ref",
    "refetch",
    "run",
    "signature",
    "snapshot",
    "steward_link",
    "stream",
    "token",
]
