"""What happens: use of the product, and every touch between a customer and us."""

from __future__ import annotations

from mappings.fields import N_, Check, declared, entity
from mappings.types import Date, DateTime, Enum, Int, Ref, Set, Text, Url

_usage = declared("none", "product")
_touch = declared("none", "csm")
_words = declared("personal", "csm")
_AT_LEAST_ZERO = (Check("min", 0),)

USAGE = entity(
    "usage",
    N_("Usage"),
    _usage("account", Ref("account"), N_("Account"), N_("Whose use it is."), required_when="always"),
    _usage("day", Date(), N_("Day"), N_("The day in UTC.")),
    _usage("dau", Int(), N_("Daily active users"), N_("People active that day."), checks=_AT_LEAST_ZERO),
    _usage("mau", Int(), N_("Monthly active users"), N_("People active in the 30 days before."), checks=_AT_LEAST_ZERO),
    _usage("sessions", Int(), N_("Sessions"), N_("Sessions of that day."), checks=_AT_LEAST_ZERO),
    _usage("events", Int(), N_("Events"), N_("Events of that day."), checks=_AT_LEAST_ZERO),
    _usage("features", Set(Text()), N_("Features"), N_("Features used that day.")),
)

KINDS = {
    "email_open": N_("E-mail opened"),
    "email_click": N_("E-mail clicked"),
    "campaign": N_("Campaign"),
    "webinar": N_("Webinar"),
    "call": N_("Call"),
    "meeting": N_("Meeting"),
    "note": N_("Note"),
    "chat": N_("Chat"),
    "training": N_("Training"),
    "review": N_("Business review"),
    "announcement": N_("Announcement"),
    "task": N_("Task"),
}
DIRECTIONS = {"inbound": N_("From the customer"), "outbound": N_("From us"), "internal": N_("Internal")}

INTERACTION = entity(
    "interaction",
    N_("Interaction"),
    _touch("kind", Enum(KINDS), N_("Kind"), N_("What happened.")),
    _touch("account", Ref("account"), N_("Account"), N_("With which customer.")),
    _touch("occurred_at", DateTime(), N_("When"), N_("When it happened.")),
    _touch("direction", Enum(DIRECTIONS), N_("Direction"), N_("Who began it.")),
    _touch("contacts", Set(Ref("contact")), N_("Contacts"), N_("Who of the customer took part.")),
    _touch("user", Ref("user"), N_("User"), N_("Who of us took part.")),
    _words("subject", Text(), N_("Subject"), N_("What it was about.")),
    _words("summary", Text(), N_("Summary"), N_("What was said.")),
    _words("outcome", Text(), N_("Outcome"), N_("What came of it.")),
    _words("next_steps", Text(), N_("Next steps"), N_("What was agreed.")),
    _touch("url", Url(), N_("Link"), N_("Where it can be read.")),
)
