"""The properties of a practice portal: HubSpot's own, and those that its admin has made for Concord."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)

INDUSTRIES = """
ACCOUNTING AIRLINES_AVIATION ALTERNATIVE_MEDICINE ANIMATION APPAREL_FASHION ARCHITECTURE_PLANNING AUTOMOTIVE
AVIATION_AEROSPACE BANKING BIOTECHNOLOGY BROADCAST_MEDIA BUILDING_MATERIALS BUSINESS_SUPPLIES_AND_EQUIPMENT
CAPITAL_MARKETS CHEMICALS CIVIL_ENGINEERING COMMERCIAL_REAL_ESTATE COMPUTER_NETWORK_SECURITY COMPUTER_GAMES
COMPUTER_HARDWARE COMPUTER_NETWORKING COMPUTER_SOFTWARE INTERNET CONSTRUCTION CONSUMER_ELECTRONICS CONSUMER_GOODS
CONSUMER_SERVICES COSMETICS DAIRY DEFENSE_SPACE DESIGN EDUCATION_MANAGEMENT E_LEARNING
ELECTRICAL_ELECTRONIC_MANUFACTURING ENTERTAINMENT ENVIRONMENTAL_SERVICES EVENTS_SERVICES FARMING FINANCIAL_SERVICES
FISHERY FOOD_BEVERAGES FOOD_PRODUCTION FURNITURE GAMBLING_CASINOS GLASS_CERAMICS_CONCRETE GOVERNMENT_ADMINISTRATION
GRAPHIC_DESIGN HEALTH_WELLNESS_AND_FITNESS HIGHER_EDUCATION HOSPITAL_HEALTH_CARE HOSPITALITY HUMAN_RESOURCES
IMPORT_AND_EXPORT INDUSTRIAL_AUTOMATION INFORMATION_SERVICES INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE
INVESTMENT_BANKING INVESTMENT_MANAGEMENT LAW_PRACTICE LEGAL_SERVICES LEISURE_TRAVEL_TOURISM LOGISTICS_AND_SUPPLY_CHAIN
LUXURY_GOODS_JEWELRY MACHINERY MANAGEMENT_CONSULTING MARITIME MARKET_RESEARCH MARKETING_AND_ADVERTISING
MECHANICAL_OR_INDUSTRIAL_ENGINEERING MEDIA_PRODUCTION MEDICAL_DEVICES MEDICAL_PRACTICE MINING_METALS
MOTION_PICTURES_AND_FILM MUSIC NEWSPAPERS NON_PROFIT_ORGANIZATION_MANAGEMENT OIL_ENERGY ONLINE_MEDIA
OUTSOURCING_OFFSHORING PACKAGE_FREIGHT_DELIVERY PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS PHARMACEUTICALS PLASTICS
PRINTING PROFESSIONAL_TRAINING_COACHING PUBLISHING RAILROAD_MANUFACTURE REAL_ESTATE RECREATIONAL_FACILITIES_AND_SERVICES
RENEWABLES_ENVIRONMENT RESEARCH RESTAURANTS RETAIL SECURITY_AND_INVESTIGATIONS SEMICONDUCTORS SHIPBUILDING
SPORTING_GOODS SPORTS STAFFING_AND_RECRUITING SUPERMARKETS TELECOMMUNICATIONS TEXTILES TOBACCO
TRANSPORTATION_TRUCKING_RAILROAD UTILITIES VENTURE_CAPITAL_PRIVATE_EQUITY VETERINARY WAREHOUSING WHOLESALE
WINE_AND_SPIRITS WIRELESS
""".split()  # noqa: SIM905 - a list of 150 strings takes 150 lines

OPTIONS = {
    "lifecyclestage": STAGES,
    "industry": tuple(INDUSTRIES),
    "dealtype": ("newbusiness", "existingbusiness"),
    "hs_forecast_category": ("OMIT", "PIPELINE", "BEST_CASE", "COMMIT", "CLOSED"),
}

# What every portal has, by type; `!` marks what only HubSpot itself may set.
COMMON = """string: !hs_object_source !hs_object_source_label !hs_object_source_id !hs_updated_by_user_id !hs_merged_object_ids
  hubspot_owner_id
number: !hs_object_id
datetime: !createdate"""
STANDARD = {
    "companies": """string: name domain phone address address2 city state zip country hs_additional_domains website
  description !hs_parent_company_id
number: numberofemployees annualrevenue !num_associated_contacts
enumeration: industry lifecyclestage
datetime: !hs_lastmodifieddate""",
    "contacts": """string: email firstname lastname jobtitle department phone mobilephone company !hs_additional_emails
  !associatedcompanyid
bool: !hs_email_optout
enumeration: lifecyclestage
datetime: !lastmodifieddate !hs_lastmodifieddate""",
    "deals": """string: dealname pipeline dealstage deal_currency_code !hs_closed_lost_reason closed_lost_reason
number: amount !hs_deal_stage_probability
enumeration: dealtype hs_forecast_category
datetime: closedate !hs_lastmodifieddate""",
}
CUSTOM = {
    "companies": """string: *concord_id *concord_key concord_tier concord_tags concord_arr_currency concord_arr_by_currency
  concord_mrr_currency concord_mrr_by_currency concord_payment_status
number: concord_arr concord_mrr concord_active_users concord_seats
date: renewal_date contract_start contract_end""",
    "contacts": "string: *concord_id *concord_key",
    "deals": "string: *concord_id",
}
FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "bool": "booleancheckbox",
    "enumeration": "select",
    "datetime": "date",
    "date": "date",
}


def portal() -> dict[str, dict[str, Row]]:
    """object -> property name -> property as HubSpot describes it."""
    made: dict[str, dict[str, Row]] = {}
    for object, own in STANDARD.items():
        rows = [*_rows(COMMON, True), *_rows(own, True), *_rows(CUSTOM[object], False)]
        made[object] = {row["name"]: row for row in rows}
    return made


def property_row(name: str, type: str, *, own: bool, read_only: bool = False, unique: bool = False, **more: Any) -> Row:
    options = [
        {"label": o.replace("_", " ").title(), "value": o, "displayOrder": n, "hidden": False}
        for n, o in enumerate(OPTIONS.get(name, ()))
    ]
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "type": type,
        "fieldType": FIELD_TYPES.get(type, "text"),
        "description": "",
        "groupName": "information" if own else "concord",
        "options": options,
        "hidden": False,
        "archived": False,
        "calculated": False,
        "externalOptions": False,
        "hubspotDefined": own,
        "hasUniqueValue": unique,
        "formField": False,
        "displayOrder": -1,
        "modificationMetadata": {"archivable": not own, "readOnlyDefinition": own, "readOnlyValue": read_only},
        **more,
    }


def _rows(text: str, own: bool) -> list[Row]:
    rows = []
    for line in text.replace("\n  ", " ").splitlines():
        type, names = line.split(": ")
        rows += [
            property_row(name.lstrip("!*"), type, own=own, read_only=name[0] == "!", unique=name[0] == "*")
            for name in names.split()
        ]
    return rows
