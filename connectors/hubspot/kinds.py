"""Which properties of which objects are read, and which ones Concord brings along. https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from connectors.hubspot.config import HubSpotConfig


@dataclass(frozen=True, slots=True)
class Kind:
    """One CRM object. `modified`: the property that its search must use (contacts have another one than the rest).

    `links`: objects whose associations are part of the body, in this order.
    """

    object: str
    type_id: str
    modified: str
    properties: tuple[str, ...]
    links: tuple[str, ...] = ()
    unique: str | None = None  # HubSpot's own natural key, looked up without delay


@dataclass(frozen=True, slots=True)
class Own:
    """A property that Concord needs and no portal has by itself."""

    name: str
    label: str
    type: str = "string"
    unique: bool = False


KEY = "concord_key"  # HubSpot has no idempotency keys: each create is an upsert on this one

COMPANY = """name domain industry numberofemployees annualrevenue phone address address2 city state zip country
lifecyclestage hubspot_owner_id renewal_date contract_start contract_end concord_id concord_tier concord_tags
concord_arr concord_arr_currency concord_arr_by_currency concord_mrr concord_mrr_currency
concord_mrr_by_currency concord_payment_status concord_active_users concord_seats hs_additional_domains
hs_merged_object_ids"""
CONTACT = """email hs_additional_emails firstname lastname jobtitle department phone hubspot_owner_id lifecyclestage concord_id
hs_email_optout hs_merged_object_ids"""
DEAL = """dealname pipeline dealstage dealtype amount deal_currency_code closedate hs_deal_stage_probability
hs_forecast_category hs_closed_lost_reason hubspot_owner_id"""

KINDS = {
    "companies": Kind("companies", "0-2", "hs_lastmodifieddate", tuple(COMPANY.split())),
    "contacts": Kind("contacts", "0-1", "lastmodifieddate", tuple(CONTACT.split()), ("companies",), "email"),
    "deals": Kind("deals", "0-3", "hs_lastmodifieddate", tuple(DEAL.split()), ("companies", "contacts")),
}

OWN = {
    "companies": (
        Own("concord_id", "Concord ID", unique=True),
        Own(KEY, "Concord key", unique=True),
        Own("concord_tier", "Tier"),
        Own("concord_tags", "Tags"),
        Own("concord_arr", "ARR", "number"),
        Own("concord_arr_currency", "ARR currency"),
        Own("concord_arr_by_currency", "ARR by currency"),
        Own("concord_mrr", "MRR", "number"),
        Own("concord_mrr_currency", "MRR currency"),
        Own("concord_mrr_by_currency", "MRR by currency"),
        Own("concord_payment_status", "Payment status"),
        Own("concord_active_users", "Active users", "number"),
        Own("concord_seats", "Seats", "number"),
        Own("renewal_date", "Renewal date", "date"),
        Own("contract_start", "Contract start", "date"),
        Own("contract_end", "Contract end", "date"),
    ),
    "contacts": (Own("concord_id", "Concord ID", unique=True), Own(KEY, "Concord key", unique=True)),
}


Mapped = Mapping[str, Collection[str]] | None


def kinds(config: HubSpotConfig, mapped: Mapped) -> dict[str, Kind]:
    """With the properties that the mappings name, and those that the connection asks for besides."""
    more = [name.partition(".") for name in config.properties]
    return {
        object: replace(
            kind,
            properties=tuple(
                sorted({*kind.properties, *_named(object, mapped), *(name for of, _, name in more if of == object)})
            ),
        )
        for object, kind in KINDS.items()
    }


def own(object: str, mapped: Mapped) -> list[Own]:
    """Those that Concord has to have: what a company maps to a property of its own is not made a second time."""
    named = {KEY, *_named(object, mapped)}
    return [each for each in OWN[object] if mapped is None or each.name in named]


def _named(object: str, mapped: Mapped) -> set[str]:
    """Properties, of paths such as `properties.name`."""
    paths = (path.partition(".") for path in (mapped or {}).get(object, ()))
    return {name for container, _, name in paths if container == "properties" and name}
