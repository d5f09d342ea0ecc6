"""A Zendesk connection's settings."""

from __future__ import annotations

from pydantic import Field, SecretStr, model_validator

from connectors.kit.signatures import SignedConfig


class ZendeskConfig(SignedConfig):
    """Either `email` and `api_token`, which Zendesk ends on 2027-04-30, or `client_id` and `client_secret` of an OAuth client.

    https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration
    """

    subdomain: str = Field(
        title="Subdomain", description="The first part of your Zendesk address", pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
    )
    client_id: str | None = Field(
        None, title="OAuth client", description="Admin Center, Apps and integrations, APIs, OAuth clients: the identifier"
    )
    client_secret: SecretStr | None = Field(None, title="OAuth client's secret")
    refresh_token: SecretStr | None = Field(
        None, title="Refresh token", description="Only for an authorisation code; without it the client speaks for itself"
    )
    email: str | None = Field(None, title="E-mail", description="Of the admin whose API token this is")
    api_token: SecretStr | None = Field(
        None, title="API token", description="The old way: Zendesk makes no new ones, and ends all on 2027-04-30"
    )
    webhook_secret: SecretStr | None = Field(
        None,
        title="Webhook secret",
        description="Admin Center shows it with the webhook; without it Concord only asks",
        min_length=1,
    )
    withheld_seconds: float = Field(
        60.0, title="Withheld", description="Seconds for which the exports keep a change back", ge=0, le=3600
    )
    exports_per_minute: int = Field(
        10, title="Exports a minute", description="30 with the High Volume API add-on", ge=1, le=1000
    )
    requests_per_minute: int = Field(
        400, title="Requests a minute", description="Of your plan: Team 200, Growth and Professional 400, Enterprise 700", ge=1
    )

    @property
    def base(self) -> str:
        return (self.base_url or f"https://{self.subdomain}.zendesk.com").rstrip("/")

    @property
    def oauth(self) -> bool:
        return self.client_id is not None

    @model_validator(mode="after")
    def _one_way_in(self) -> ZendeskConfig:
        client = self.client_id is not None, self.client_secret is not None
        token = self.email is not None, self.api_token is not None
        if any(client) and any(token):
            raise ValueError("give either client_id and client_secret, or email and api_token, not both")
        if not all(client) and not all(token):
            raise ValueError("give client_id and client_secret of an OAuth client, or email and api_token")
        if self.refresh_token is not None and not all(client):
            raise ValueError("a refresh_token needs the client_id and client_secret that it belongs to")
        return self
