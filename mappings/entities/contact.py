"""People: contacts at customers, and users, who work here."""

from __future__ import annotations

from mappings.fields import N_, declared, entity
from mappings.types import Bool, Consent, Date, DateTime, Email, Enum, Map, Phone, Ref, Set, Text

_person = declared("personal", "marketing")
_role = declared("personal", "csm")
_fact = declared("none", "csm")
_mail = declared("personal", "marketing")

ROLES = {
    "champion": N_("Champion"),
    "economic_buyer": N_("Economic buyer"),
    "decision_maker": N_("Decision maker"),
    "technical_buyer": N_("Technical buyer"),
    "end_user": N_("End user"),
    "influencer": N_("Influencer"),
    "product_admin": N_("Product admin"),
    "billing": N_("Billing"),
    "security": N_("Security"),
}
CHANNELS = {"email": N_("E-mail"), "phone": N_("Phone"), "sms": N_("Text message"), "chat": N_("Chat"), "post": N_("Post")}
LIFECYCLES = {
    "subscriber": N_("Subscriber"),
    "lead": N_("Lead"),
    "qualified": N_("Qualified"),
    "opportunity": N_("In a deal"),
    "customer": N_("Customer"),
    "evangelist": N_("Evangelist"),
    "other": N_("Other"),
}
LEVELS = {"high": N_("High"), "medium": N_("Medium"), "low": N_("Low"), "none": N_("None")}
ADVOCACY = {"promoter": N_("Promoter"), "neutral": N_("Neutral"), "detractor": N_("Detractor")}
EMPLOYMENT = {"employed": N_("Works there"), "left": N_("Has left"), "unknown": N_("Unknown")}
CADENCES = {"weekly": N_("Weekly"), "monthly": N_("Monthly"), "quarterly": N_("Quarterly"), "yearly": N_("Yearly")}
EMAIL_STATES = {
    "deliverable": N_("Deliverable"),
    "bounced": N_("Bounced"),
    "unverified": N_("Unverified"),
    "blocked": N_("Blocked"),
}
MARKETING = {"granted": N_("Granted"), "denied": N_("Denied"), "unknown": N_("Unknown")}

CONTACT = entity(
    "contact",
    N_("Contact"),
    _person("email", Email(), N_("E-mail"), N_("The main address; systems are linked by it."), required_when="always"),
    _person("emails", Set(Email()), N_("Other e-mails"), N_("Further addresses of the same person.")),
    _person("given_name", Text(), N_("Given name"), N_("First name.")),
    _person("family_name", Text(), N_("Family name"), N_("Last name.")),
    _role("title", Text(), N_("Title"), N_("Job title.")),
    _role("department", Text(), N_("Department"), N_("Where in the company the person works.")),
    _role("roles", Set(Enum(ROLES)), N_("Roles"), N_("What part the person plays for us.")),
    _fact("account", Ref("account"), N_("Account"), N_("The company the person works for."), required_when="always"),
    _fact("accounts", Set(Ref("account")), N_("All accounts"), N_("Every company the person belongs to.")),
    _role("manager", Ref("contact"), N_("Manager"), N_("Whom the person reports to.")),
    _fact("owner", Ref("user"), N_("Owner"), N_("Who of us looks after the person."), steward="sales_ops"),
    _person("phone", Phone(), N_("Phone"), N_("The person's number.")),
    _person("preferred_channel", Enum(CHANNELS), N_("Preferred channel"), N_("How the person likes to be reached.")),
    _fact("lifecycle", Enum(LIFECYCLES), N_("Lifecycle"), N_("Where the person stands in marketing."), steward="marketing"),
    _role("advocacy", Enum(ADVOCACY), N_("Advocacy"), N_("Whether the person speaks for us."), sensitivity="internal"),
    _role("influence", Enum(LEVELS), N_("Influence"), N_("How much say the person has."), sensitivity="internal"),
    _role("engagement", Enum(LEVELS), N_("Engagement"), N_("How often the person is in touch."), sensitivity="internal"),
    _role("employment", Enum(EMPLOYMENT), N_("Employment"), N_("Whether the person still works there.")),
    _role("left_on", Date(), N_("Left on"), N_("The day the person left the company.")),
    _fact("meeting_cadence", Enum(CADENCES), N_("Meeting cadence"), N_("How often we meet.")),
    _mail("email_state", Enum(EMAIL_STATES), N_("E-mail state"), N_("Whether mail arrives.")),
    _mail("bounced_at", DateTime(), N_("Bounced"), N_("When mail last bounced.")),
    _mail("last_verified_at", DateTime(), N_("Last verified"), N_("When the address was last proved to work.")),
    _person("last_seen_at", DateTime(), N_("Last seen"), N_("When the person last used the product."), steward="product"),
    _mail("do_not_contact", Bool(), N_("Do not contact"), N_("Nobody may contact this person.")),
    _mail("privacy_hold", Bool(), N_("Privacy hold"), N_("A privacy request is open; nothing is sent.")),
    _mail("consents", Map(Consent()), N_("Consents"), N_("What the person allowed, by channel and topic.")),
    _mail(
        "marketing_consent", Enum(MARKETING), N_("Marketing consent"), N_("Whether marketing may write."), reading="consents"
    ),
    _mail(
        "transactional_consent",
        Enum(MARKETING),
        N_("Transactional consent"),
        N_("Whether service messages may be sent."),
        reading="consents",
    ),
)

_us = declared("none", "cs_ops")

USER = entity(
    "user",
    N_("User"),
    _us(
        "email",
        Email(),
        N_("E-mail"),
        N_("The address of somebody who works here."),
        sensitivity="personal",
        required_when="always",
    ),
    _us("name", Text(), N_("Name"), N_("The person's name.")),
    _us("team", Text(), N_("Team"), N_("The team the person works in.")),
    _us("manager", Ref("user"), N_("Manager"), N_("Whom the person reports to.")),
    _us("active", Bool(), N_("Active"), N_("Whether the person still works here.")),
)
