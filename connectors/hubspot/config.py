"""A HubSpot connection's settings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from connectors.kit.contract import Config


def _words(value: Any) -> Any:
    """A command line hands over one text: `companies.region, contacts.persona`."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class HubSpotConfig(Config):
    access_token: SecretStr = Field(
        title="Service key", description="Settings, Integrations, Service keys; an OAuth token works too"
    )
    api_version: str = Field(
        "2026-09", title="API version", description="A dated version, or v3 until 2027", pattern=r"^(v3|\d{4}-\d{2})$"
    )
    client_secret: SecretStr | None = Field(
        None, title="Client secret", description="Of your project app; only webhooks need it"
    )
    webhook_url: str | None = Field(None, title="Webhook address", description="The public one, where a proxy changes it")
    app_id: str | None = Field(None, title="App ID", description="Changes made by this app are shown as ours")
    portal_id: str | None = Field(None, title="Hub ID", description="For links to the records")
    properties: Words = Field(
        (), title="More properties", description="OBJECT.PROPERTY, for your own mappings", examples=["companies.region"]
    )
    email_event_types: Words = Field(("OPEN", "CLICK"), title="E-mail events to read", min_length=1)
    lag_seconds: float = Field(
        30.0, title="Search lag", description="Seconds until HubSpot's search knows a change", ge=0, le=3600
    )
