"""A small account for the tests of Zendesk: organizations, people, tickets with their metrics, answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.kit.conformance.stage import START, Stage
from connectors.zendesk import CONNECTOR, TWIN

Row = dict[str, Any]


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def aged(days: float) -> Row:
    at = iso(START - timedelta(days=days))
    return {"created_at": at, "updated_at": at}


def organization(n: int, **more: Any) -> Row:
    row = {"name": f"Company {n}", "domain_names": [f"c{n}.example"], "tags": ["vip"], "organization_fields": {}}
    blank = dict.fromkeys(("external_id", "details", "notes", "group_id"))
    return {"id": 5000 + n, **blank, "shared_tickets": False, "shared_comments": False, **row, **aged(100 - n), **more}


def person(n: int, **more: Any) -> Row:
    row = {"name": f"Pim Placeholder {n}", "email": f"pim{n}@c{n}.example", "role": "end-user", "organization_id": 5000 + n}
    blank = dict.fromkeys(("phone", "external_id", "last_login_at", "default_group_id"))
    flags = {"active": True, "suspended": False, "verified": True, "locale": "en-US", "iana_time_zone": "Etc/UTC"}
    return {"id": 6000 + n, **blank, **flags, "tags": [], "user_fields": {}, **row, **aged(100 - n), **more}


def ticket(n: int, **more: Any) -> Row:
    row = {"subject": f"Question {n}", "status": "open", "priority": "normal", "type": "question", "via": {"channel": "email"}}
    who = {
        "requester_id": 6000 + n % 3,
        "assignee_id": 6900,
        "organization_id": 5000 + n % 3,
        "group_id": None,
        "brand_id": None,
    }
    return {"id": 7000 + n, **row, **who, "tags": [], **aged(50 - n), **more}


def metric(n: int, **more: Any) -> Row:
    minutes = {"calendar": 10 * n, "business": 3 * n}
    times = dict.fromkeys(
        ("reply_time_in_minutes", "first_resolution_time_in_minutes", "full_resolution_time_in_minutes"), minutes
    )
    return {
        "id": 7500 + n,
        "ticket_id": 7000 + n,
        "reopens": 0,
        "replies": 1,
        "solved_at": None,
        **times,
        **aged(50 - n),
        **more,
    }


def rating(n: int, **more: Any) -> Row:
    row = {
        "score": "good" if n % 2 else "bad",
        "comment": None,
        "reason": None,
        "ticket_id": 7000 + n,
        "requester_id": 6000 + n % 3,
    }
    return {"id": 8000 + n, "assignee_id": 6900, "group_id": None, **row, **aged(20 - n), **more}


def response(n: int, **more: Any) -> Row:
    at = aged(20 - n)
    question = {"id": "q1", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
    options = [{"id": f"o{score}", "rating": score, "label": {"value": str(score)}} for score in range(1, 6)]
    answer = {
        "type": "rating_scale",
        "rating": 1 + n % 5,
        "rating_category": "good",
        "question": {**question, "options": options},
    }
    zrns = [f"zen:ticket:{7000 + n}"]
    subjects = [{"type": "ticket", "id": str(7000 + n), "zrn": zrns[0]}]
    about = {"responder_id": 6000 + n % 3, "subjects": subjects, "subject_zrns": zrns, "survey_id": "s1", "survey_version": 1}
    return {
        "id": f"01RESPONSE{n}",
        **about,
        "expires_at": iso(START + timedelta(days=8 + n)),
        "answers": [{**answer, **at}],
        **more,
    }


AGENT = person(900, name="Ada Invented", email="ada@lanternfish.example", role="agent", organization_id=None)
ADMIN = person(901, name="Lou Nobody", email="lou@lanternfish.example", role="admin", organization_id=None)

ROWS: dict[str, list[Row]] = {
    "organization_fields": [
        {"id": 9100 + n, "key": key, "title": key, "type": kind, "active": True}
        for n, (key, kind) in enumerate(
            [
                ("concord_id", "text"),
                ("phone", "text"),
                ("tier", "text"),
                ("lifecycle", "text"),
                ("active_users", "integer"),
                ("seats_purchased", "integer"),
                ("csm", "text"),
            ]
        )
    ],
    "user_fields": [
        {"id": 9200 + n, "key": key, "title": key, "type": "text", "active": True}
        for n, key in enumerate(["concord_id", "marketing_email"])
    ],
    "organizations": [organization(n) for n in range(4)],
    "users": [*(person(n) for n in range(3)), AGENT, ADMIN],
    "tickets": [ticket(n) for n in range(4)],
    "ticket_metrics": [metric(n) for n in range(4)],
    "satisfaction_ratings": [rating(n) for n in range(4)],
    "survey_responses": [response(n) for n in range(4)],
}


class ZendeskStage(Stage):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object: ClassVar[str] = "organizations"
