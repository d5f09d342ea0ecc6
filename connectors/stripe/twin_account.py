"""The practice account itself, in full. https://docs.stripe.com/api/accounts/object"""

from __future__ import annotations

from typing import Any

from connectors.stripe.twin_shapes import address

Row = dict[str, Any]

NAME = "Practice Inc."
DUE = ("alternatives", "currently_due", "errors", "eventually_due", "past_due", "pending_verification")


def account(id: str, created: int) -> Row:
    return {
        "id": id,
        "object": "account",
        "business_profile": _profile(),
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "billing@practice.example",
        "external_accounts": {"object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{id}/external_accounts"},
        "future_requirements": _requirements(),
        "metadata": {},
        "payouts_enabled": True,
        "requirements": _requirements(),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def _profile() -> Row:
    unused = "estimated_worker_count mcc minority_owned_business_designation product_description support_email support_phone support_url url"
    return {
        **dict.fromkeys(unused.split()),
        "annual_revenue": {"amount": None, "currency": None, "fiscal_year_end": None},
        "name": NAME,
        "support_address": address(),
    }


def _requirements() -> Row:
    return {**{each: [] for each in DUE}, "current_deadline": None, "disabled_reason": None}


def _settings() -> Row:
    statement = ("statement_descriptor_kana", "statement_descriptor_kanji")
    prefix = ("statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji")
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": True, "cvc_failure": True},
            **dict.fromkeys(("statement_descriptor_prefix", *prefix)),
        },
        "dashboard": {"display_name": NAME, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
        "payments": dict.fromkeys(("statement_descriptor", *statement, *prefix)),
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }
