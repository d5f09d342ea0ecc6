"""What people read of a tie-out: why a row differs, what to do about it, and why a source will not do."""

from __future__ import annotations

from hub.sentences import N_

SIDES = {"golden": N_("Concord"), "crm": N_("CRM"), "file": N_("your file")}
CLASSES = {
    "match": N_("match"),
    "mismatch": N_("differs"),
    "missing_in_hub": N_("missing there"),
    "missing_in_billing": N_("not billed"),
    "incomplete": N_("incomplete"),
}
WHY = {
    "rounding": (N_("rounded otherwise"), N_("Take the figure from billing; do not compute it from a rounded month.")),
    "timing": (N_("changed around as-of"), N_("Compare again as of an instant at which nothing changed.")),
    "stale_sync": (N_("billing's figure from before it changed"), N_("Read and write it again: hub sync.")),
    "currency": (N_("other currencies"), N_("Keep one figure per currency; never add them.")),
    "unmapped_customer": (N_("no record there"), N_("Create it there, or link it.")),
    "duplicate_link": (
        N_("two records for one billing customer"),
        N_("Merge them there, or empty one of them: hub duplicates."),
    ),
    "discount_treatment": (N_("discounts counted otherwise"), N_("Agree on the policy's discounts.")),
    "status_treatment": (N_("statuses counted otherwise"), N_("Agree on which statuses count.")),
    "item_treatment": (N_("items counted otherwise"), N_("Agree on which items count.")),
    "normalisation_factor": (N_("another number of weeks or days in a year"), N_("Agree on the policy's week and day.")),
    "tax_treatment": (N_("with tax"), N_("Take tax out.")),
    "no_counting_subscription": (N_("no subscription that counts"), N_("Empty the figure there, or find the subscription.")),
    "hub_value_null": (N_("the field is empty there, or nobody can read it"), N_("Let it be written: hub status.")),
    "manual_override": (N_("somebody typed it there"), N_("Read and write it again: hub sync.")),
    "test_mode": (N_("test objects counted"), N_("Leave test objects out.")),
    "unexplained": (N_("no rule explains it"), N_("Redo the formula on paper, then ask who typed it.")),
}
"""By reason. Any other one is a code of what billing's data lack."""
INCOMPLETE = N_("billing's data are incomplete: {code}"), N_("Repair it in billing, then read it again.")

MISSING = {
    "not_read": N_("never read whole"),
    "not_covered": N_("read whole only after as-of"),
    "incomplete": N_("last read only in part"),
    "waiting_for_quota": N_("waits for quota in the middle of a read"),
    "reconnect": N_("has to be connected again"),
    "stale": N_("older than promised"),
    "rows_refused": N_("some of its rows cannot be read"),
}
