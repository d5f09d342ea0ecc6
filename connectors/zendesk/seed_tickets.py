"""What the practice customers asked in the last 120 days, how long it took, and how they liked the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from connectors.kit.practice import Customer, World
from connectors.zendesk.seed_chance import Chance, iso
from connectors.zendesk.twin.shapes import blank

Row = dict[str, Any]
Rows = dict[str, list[Row]]

METRICS, RATINGS = 7_700_000_000_000, 8_800_000_000_000
DAYS = 120
CLOSED_AFTER = timedelta(days=28)  # Zendesk closes what was solved
SUBJECTS = (
    "Cannot sign in after the update",
    "Invoice shows the old address",
    "Export stops at row 1,000",
    "How do we add a colleague?",
    "Report is empty since Monday",
    "Webhook arrives twice",
    "Please raise our limit",
    "Wrong language in e-mails",
)
OPEN = ("new", "open", "open", "pending", "hold")
CHANNELS = ("email", "email", "web", "native_messaging", "voice", "api")
PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent")
TYPES = ("question", "question", "incident", "problem")
COMMENTS = ("Quick and friendly, thank you!", "Solved at once.", "Took three days.", "I had to ask twice.")
SURVEY = {"id": "01J58KJ9RAE0D2EK7HRVM7Z8F2", "version": 1, "state": "enabled"}


def desk(world: World, asking: Sequence[tuple[Customer, Row, list[Row]]], agents: Sequence[int]) -> Rows:
    """Tickets, their metrics and ratings. Tickets are numbered in the order in which they came."""
    asked: list[tuple[Row, Row, Chance]] = []
    for customer, organization, people in asking:
        chance = Chance(world.seed, customer.number, still=world.exact)
        drawn = 0 if world.exact else chance.below(12, "tickets")
        for n in range(drawn if customer.tickets is None else customer.tickets):
            who = people[chance.below(len(people), f"ticket {n} who")]["id"] if people else agents[0]
            ticket, metric = _ticket(world, chance, f"ticket {n}", who, organization["id"], agents)
            asked.append((ticket, metric, chance))
    asked.sort(key=lambda each: (each[0]["created_at"], each[0]["organization_id"], each[0]["subject"]))
    ratings: list[Row] = []
    for number, (ticket, metric, chance) in enumerate(asked, start=1):
        ticket["id"] = number
        metric |= {"id": METRICS + number, "ticket_id": number}
        if metric["solved_at"] is not None and chance.percent(25, f"rated {ticket['created_at']} {ticket['requester_id']}"):
            ratings.append(_rating(ticket, metric, chance))
    return {
        "tickets": [ticket for ticket, _, _ in asked],
        "ticket_metrics": [metric for _, metric, _ in asked],
        "satisfaction_ratings": ratings,
    }


def _ticket(
    world: World, chance: Chance, what: str, requester: int, organization: int, agents: Sequence[int]
) -> tuple[Row, Row]:
    now = datetime.combine(world.today, time(), UTC)
    made = chance.moment(world.today - timedelta(days=2 + chance.below(DAYS - 2, f"{what} day")), f"{what} at")
    took = timedelta(minutes=20 + chance.below(4 * 1440, f"{what} took"))
    solved = None if chance.percent(10, f"{what} open") or made + took > now else made + took
    closed = None if solved is None or solved + CLOSED_AFTER > now else solved + CLOSED_AFTER
    open = chance.pick(OPEN, f"{what} status")
    subject, channel = chance.pick(SUBJECTS, f"{what} subject"), chance.pick(CHANNELS, f"{what} channel")
    ticket = blank("tickets") | {
        "subject": subject,
        "raw_subject": subject,
        "description": f"{subject}.",
        "status": "closed" if closed else "solved" if solved else open,
        "type": chance.pick(TYPES, f"{what} type"),
        "priority": chance.pick(PRIORITIES, f"{what} priority"),
        "via": {"channel": channel},
        "requester_id": requester,
        "submitter_id": requester,
        "assignee_id": agents[chance.below(len(agents), f"{what} agent")],
        "organization_id": organization,
        "tags": ["escalated"] if chance.percent(4, f"{what} escalated") else [],
        "created_at": iso(made),
        "updated_at": iso(closed or solved or made + timedelta(minutes=15)),
    }
    return ticket, _metric(ticket, chance, what, made, solved)


def _metric(ticket: Row, chance: Chance, what: str, made: datetime, solved: datetime | None) -> Row:
    reply = 2 + chance.below(600, f"{what} reply")
    took = None if solved is None else int((solved - made).total_seconds() // 60)
    reply = reply if took is None else min(reply, took)
    answered = ticket["status"] != "new"
    row = blank("ticket_metrics") | {
        "created_at": ticket["created_at"],
        "updated_at": ticket["updated_at"],
        "status_updated_at": ticket["updated_at"],
        "initially_assigned_at": ticket["created_at"],
        "assigned_at": ticket["created_at"],
        "latest_comment_added_at": iso(made + timedelta(minutes=reply)),
        "replies": 1 + chance.below(4, f"{what} replies") if answered else 0,
        "reopens": 1 if chance.percent(6, f"{what} reopened") else 0,
        "solved_at": None if solved is None else iso(solved),
    }
    if answered:
        row["reply_time_in_minutes"] = _minutes(reply)
        row["requester_wait_time_in_minutes"] = _minutes(reply)
    if took is not None:
        row["first_resolution_time_in_minutes"] = row["full_resolution_time_in_minutes"] = _minutes(took)
    return row


def _minutes(minutes: int) -> Row:
    return {"calendar": minutes, "business": minutes // 3}


def _rating(ticket: Row, metric: Row, chance: Chance) -> Row:
    what = f"rating {ticket['created_at']} {ticket['requester_id']}"
    at = iso(datetime.fromisoformat(metric["solved_at"]) + timedelta(minutes=30))
    good = not chance.percent(18, what)
    said = (
        chance.pick(COMMENTS[:2] if good else COMMENTS[2:], f"{what} said") if chance.percent(40, f"{what} comment") else None
    )
    score = "good" if good else "bad"
    row = {"id": RATINGS + ticket["id"], "score": score, "comment": said, "ticket_id": ticket["id"], "group_id": None}
    row |= {"requester_id": ticket["requester_id"], "assignee_id": ticket["assignee_id"], "created_at": at, "updated_at": at}
    if not good:
        row |= {"reason": "The issue took too long to resolve", "reason_id": 1001}
    ticket["satisfaction_rating"] = {"score": score, "id": row["id"]} | ({"comment": said} if said else {})
    return row


def as_surveys(rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The same account with survey responses instead of legacy ratings: one to five, and a comment where there was one."""
    made = {object: list(found) for object, found in rows.items() if object != "satisfaction_ratings"}
    return made | {"survey_responses": [_response(row) for row in rows.get("satisfaction_ratings", ())]}


def _response(rating: Row) -> Row:
    digest = hashlib.sha256(f"survey {rating['id']}".encode()).hexdigest().upper()
    at, ticket = rating["created_at"], str(rating["ticket_id"])
    good = rating["score"] == "good"
    stars = 4 + int(digest[0], 16) % 2 if good else 1 + int(digest[0], 16) % 3
    scale = [{"rating": n, "label": {"type": "static", "value": str(n)}} for n in range(1, 6)]
    asked: Row = {
        "type": "rating_scale",
        "sub_type": "customer_satisfaction",
        "id": "01GFYBENPDGN1R6NAA4WRDNVF1",
        "options": scale,
    }
    asked["headline"] = {"type": "static", "value": "How satisfied are you with the help you received?"}
    open: Row = {"type": "open_ended", "alias": "comment", "id": "01GFYBENPDGN1R6NAA4WRDNVFR"}
    open["headline"] = {"type": "static", "value": "Anything else?"}
    stars_given: Row = {
        "type": "rating_scale",
        "rating": stars,
        "rating_category": "good" if good else "bad",
        "question": asked,
    }
    comment: Row = {"type": "open_ended", "value": rating["comment"]} if rating["comment"] else {"type": "skipped"}
    answers = [answer | {"created_at": at, "updated_at": at} for answer in (stars_given, comment | {"question": open})]
    return {
        "id": f"01J{digest[:23]}",
        "responder_id": rating["requester_id"],
        "expires_at": iso(datetime.fromisoformat(at) + timedelta(days=28)),
        "subject_zrns": [f"zen:ticket:{ticket}"],
        "subjects": [{"id": ticket, "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
        "survey": SURVEY,
        "answers": answers,
    }
