"""A HubSpot connection's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, SecretStr

from connectors.kit.signatures import RotatingConfig, usable


def _words(value: Any) -> Any:
    """A command line hands over one text: `companies.region, contacts.persona`."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
# https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide, "legalBasis"
Basis = Literal[
    "CONSENT_WITH_NOTICE",
    "LEGITIMATE_INTEREST_CLIENT",
    "LEGITIMATE_INTEREST_OTHER",
    "LEGITIMATE_INTEREST_PQL",
    "NON_GDPR",
    "PERFORMANCE_OF_CONTRACT",
    "PROCESS_AND_STORE",
]


class HubSpotConfig(RotatingConfig):
    access_token: SecretStr = Field(
        title="Service key", description="Settings, Integrations, Service keys; an OAuth token works too"
    )
    api_version: str = Field(
        "2026-09", title="API version", description="A dated version, or v3 until 2027", pattern=r"^(v3|\d{4}-\d{2})$"
    )
    client_secret: SecretStr | None = Field(
        None, title="Client secret", description="Of your project app; only webhooks need it", min_length=1
    )
    client_secret_before: SecretStr | None = Field(
        None, title="Client secret before", description="The old one, while it is being changed", min_length=1
    )
    client_secret_before_until: AwareDatetime | None = Field(
        None, title="Old client secret until", description="After this moment it is refused", examples=["2026-12-01T00:00:00Z"]
    )
    webhook_url: str | None = Field(None, title="Webhook address", description="The public one, where a proxy changes it")
    app_id: str | None = Field(None, title="App ID", description="Changes made by this app are shown as ours")
    portal_id: str | None = Field(None, title="Hub ID", description="For links to the records")
    properties: Words = Field(
        (), title="More properties", description="OBJECT.PROPERTY, for your own mappings", examples=["companies.region"]
    )
    calls_per_ten_seconds: int = Field(
        190,
        title="Calls in ten seconds",
        description="Of your plan: Free and Starter 100, Professional and Enterprise 190",
        ge=1,
    )
    calls_per_day: int = Field(
        250_000, title="Calls a day", ge=1,
        description="Of your plan, for all apps together: Free and Starter 250000, Professional 625000, Enterprise 1000000",
    )  # fmt: skip
    email_event_types: Words = Field(("OPEN", "CLICK"), title="E-mail events to read", min_length=1)
    legal_basis: Basis | None = Field(
        None, title="Legal basis", description="Of a yes to e-mails that another system gives without one"
    )
    lag_seconds: float = Field(
        30.0, title="Search lag", description="Seconds until HubSpot's search knows a change", ge=0, le=3600
    )

    def secrets(self, now: datetime) -> list[str]:
        """Those that may have signed a webhook that arrives at `now`."""
        return usable(self.client_secret, self.client_secret_before, self.client_secret_before_until, now)
