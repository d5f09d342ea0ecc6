"""A Mixpanel connection's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, SecretStr, field_validator

from connectors.kit.signatures import RotatingConfig, usable

Region = Literal["us", "eu", "in"]
Source = Literal["query", "export"]


class MixpanelConfig(RotatingConfig):
    username: str = Field(title="Service account", description="Organization settings, Service Accounts")
    secret: SecretStr = Field(title="Service account's secret")
    project_id: int = Field(title="Project ID", description="Project settings, Overview")
    region: Region = Field(
        "us", title="Region", description="Where the project's data lives; a wrong one looks like an empty project"
    )
    timezone: str = Field("UTC", title="Time zone", description="Of the project; its days begin there")
    data_group_id: str | None = Field(
        None, title="Data group ID", description="Of the group key, in the project settings; without it there are no profiles"
    )
    group_key: str = Field("company_id", title="Group key", description="The property that names the company")
    project_token: SecretStr | None = Field(None, title="Project token", description="Only writing needs it")
    source: Source = Field(
        "query",
        title="Usage from",
        description="query: grouped reports; export: raw events, for projects without Group Analytics",
    )
    active_event: str = Field("Feature Used", title="Active event", description="Who sent it has used the product")
    session_event: str | None = Field("Session Started", title="Session event", description="Each one is a session")
    feature_property: str | None = Field(
        "feature", title="Feature property", description="Of the active event; names the feature"
    )
    mau_report: int | None = Field(
        None, title="Saved report", description="Bookmark ID of an Insights report: 30-day actives by company and day"
    )
    late_days: int = Field(
        5, title="Late days", description="Days that are read again, because events arrive late", ge=1, le=30
    )
    first_days: int = Field(35, title="First days", description="Days that the first read goes back", ge=30, le=90)
    queries_per_hour: int = Field(
        60, title="Queries an hour", description="All programs share the project's 60: leave room for yours", ge=6, le=100_000
    )
    workspace_id: int | None = Field(None, title="Workspace ID", description="For links to the profiles")
    webhook_user: str = Field("", title="Webhook user", description="As entered in the custom webhook's Basic authentication")
    webhook_password: SecretStr | None = Field(
        None, title="Webhook password", description="Without it Concord only asks", min_length=1
    )
    webhook_password_before: SecretStr | None = Field(
        None, title="Webhook password before", description="The old one, while it is being changed", min_length=1
    )
    webhook_password_before_until: AwareDatetime | None = Field(
        None,
        title="Old webhook password until",
        description="After this moment it is refused",
        examples=["2026-12-01T00:00:00Z"],
    )
    lag_seconds: float = Field(60.0, title="Lag", description="Seconds until a change of a profile can be read", ge=0, le=3600)

    def passwords(self, now: datetime) -> list[str]:
        """Those that a webhook that arrives at `now` may carry."""
        return usable(self.webhook_password, self.webhook_password_before, self.webhook_password_before_until, now)

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone") from None
        return value
