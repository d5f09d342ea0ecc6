"""What Zendesk's records look like before anybody filled them in."""

from __future__ import annotations

import copy
from typing import Any

Row = dict[str, Any]

SINGULAR = {
    "organizations": "organization",
    "users": "user",
    "tickets": "ticket",
    "ticket_metrics": "ticket_metric",
    "satisfaction_ratings": "satisfaction_rating",
    "survey_responses": "survey_response",
    "organization_fields": "organization_field",
    "user_fields": "user_field",
}
CUSTOM = {"organizations": "organization_fields", "users": "user_fields"}  # where custom values stand, and their definitions

ORGANIZATION: Row = {
    "name": None,
    "shared_tickets": False,
    "shared_comments": False,
    "external_id": None,
    "domain_names": [],
    "details": None,
    "notes": None,
    "group_id": None,
    "tags": [],
    "organization_fields": {},
}
USER: Row = {
    "name": None,
    "email": None,
    "time_zone": "UTC",
    "iana_time_zone": "Etc/UTC",
    "phone": None,
    "shared_phone_number": None,
    "photo": None,
    "locale_id": 1,
    "locale": "en-US",
    "organization_id": None,
    "role": "end-user",
    "verified": False,
    "external_id": None,
    "tags": [],
    "alias": None,
    "active": True,
    "shared": False,
    "shared_agent": False,
    "last_login_at": None,
    "two_factor_auth_enabled": None,
    "signature": None,
    "details": None,
    "notes": None,
    "role_type": None,
    "custom_role_id": None,
    "moderator": False,
    "ticket_restriction": "requested",
    "only_private_comments": False,
    "restricted_agent": True,
    "suspended": False,
    "default_group_id": None,
    "report_csv": False,
    "user_fields": {},
}
TICKET: Row = {
    "external_id": None,
    "via": {"channel": "web"},
    "type": None,
    "subject": None,
    "raw_subject": None,
    "description": None,
    "priority": None,
    "status": "new",
    "recipient": None,
    "requester_id": None,
    "submitter_id": None,
    "assignee_id": None,
    "organization_id": None,
    "group_id": None,
    "collaborator_ids": [],
    "follower_ids": [],
    "email_cc_ids": [],
    "forum_topic_id": None,
    "problem_id": None,
    "has_incidents": False,
    "is_public": True,
    "due_at": None,
    "tags": [],
    "custom_fields": [],
    "satisfaction_rating": {"score": "unoffered"},
    "sharing_agreement_ids": [],
    "followup_ids": [],
    "brand_id": None,
    "allow_channelback": False,
    "allow_attachments": True,
    "from_messaging_channel": False,
}
METRIC: Row = {
    "group_stations": 1,
    "assignee_stations": 1,
    "reopens": 0,
    "replies": 0,
    "assignee_updated_at": None,
    "requester_updated_at": None,
    "status_updated_at": None,
    "initially_assigned_at": None,
    "assigned_at": None,
    "solved_at": None,
    "latest_comment_added_at": None,
    "reply_time_in_minutes": {"calendar": None, "business": None},
    "first_resolution_time_in_minutes": {"calendar": None, "business": None},
    "full_resolution_time_in_minutes": {"calendar": None, "business": None},
    "agent_wait_time_in_minutes": {"calendar": None, "business": None},
    "requester_wait_time_in_minutes": {"calendar": None, "business": None},
    "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
}
FIELD: Row = {
    "type": "text",
    "description": "",
    "raw_description": "",
    "active": True,
    "system": False,
    "regexp_for_validation": None,
}
BLANK = {"organizations": ORGANIZATION, "users": USER, "tickets": TICKET, "ticket_metrics": METRIC}
BLANK |= dict.fromkeys(CUSTOM.values(), FIELD)


def blank(object: str) -> Row:
    return copy.deepcopy(BLANK.get(object, {}))
