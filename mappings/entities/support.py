"""What customers ask and answer: tickets and survey responses."""

from __future__ import annotations

from mappings.fields import N_, Check, declared, entity
from mappings.types import DateTime, DecimalType, Enum, Ref, Set, Text

_help = declared("none", "support")
_words = declared("personal", "support")
_AT_LEAST_ZERO = (Check("min", 0),)

TICKET_STATUSES = {
    "new": N_("New"),
    "open": N_("Open"),
    "pending": N_("Waiting for the customer"),
    "hold": N_("On hold"),
    "solved": N_("Solved"),
    "closed": N_("Closed"),
}
PRIORITIES = {"low": N_("Low"), "normal": N_("Normal"), "high": N_("High"), "urgent": N_("Urgent")}
CHANNELS = {
    "email": N_("E-mail"),
    "web": N_("Web"),
    "chat": N_("Chat"),
    "phone": N_("Phone"),
    "api": N_("API"),
    "other": N_("Other"),
}
RESPONSE_KINDS = {"nps": N_("NPS"), "csat": N_("CSAT"), "ces": N_("CES")}

TICKET = entity(
    "ticket",
    N_("Ticket"),
    _help("account", Ref("account"), N_("Account"), N_("Which customer asks.")),
    _help("requester", Ref("contact"), N_("Requester"), N_("Who asks.")),
    _help("assignee", Ref("user"), N_("Assignee"), N_("Who answers.")),
    _words("subject", Text(), N_("Subject"), N_("What it is about.")),
    _help("status", Enum(TICKET_STATUSES), N_("Status"), N_("Where the ticket stands.")),
    _help("priority", Enum(PRIORITIES), N_("Priority"), N_("How urgent it is.")),
    _help("topic", Text(), N_("Topic"), N_("What kind of question it is.")),
    _help("channel", Enum(CHANNELS), N_("Channel"), N_("How the customer asked.")),
    _help("created_at", DateTime(), N_("Created"), N_("When it was opened.")),
    _help("solved_at", DateTime(), N_("Solved"), N_("When it was solved."), checks=(Check("not_before", "created_at"),)),
    _help("first_reply_minutes", DecimalType(), N_("First reply"), N_("Minutes to the first answer."), checks=_AT_LEAST_ZERO),
    _help("resolution_minutes", DecimalType(), N_("Resolution"), N_("Minutes until it was solved."), checks=_AT_LEAST_ZERO),
    _help("escalated_at", DateTime(), N_("Escalated"), N_("When it was escalated.")),
)

RESPONSE = entity(
    "response",
    N_("Response"),
    _help("kind", Enum(RESPONSE_KINDS), N_("Kind"), N_("Which question was asked.")),
    _help("account", Ref("account"), N_("Account"), N_("Which customer answered.")),
    _help("contact", Ref("contact"), N_("Contact"), N_("Who answered.")),
    _help("ticket", Ref("ticket"), N_("Ticket"), N_("The ticket it is about.")),
    _help("score", DecimalType(), N_("Score"), N_("The answer as a number.")),
    _help("scale", DecimalType(), N_("Scale"), N_("The highest possible score."), checks=(Check("min", 1),)),
    _help("asked_at", DateTime(), N_("Asked"), N_("When the question was sent.")),
    _help("answered_at", DateTime(), N_("Answered"), N_("When the answer came."), checks=(Check("not_before", "asked_at"),)),
    _words("comment", Text(), N_("Comment"), N_("What the person wrote.")),
    _help("reasons", Set(Text()), N_("Reasons"), N_("Reasons the person ticked.")),
)
