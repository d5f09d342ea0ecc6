"""The settings of one Stripe connection."""

from __future__ import annotations

from pydantic import Field, SecretStr

from connectors.kit.signatures import SignedConfig


class StripeConfig(SignedConfig):
    api_key: SecretStr = Field(
        title="API key", description="A restricted key (rk_…) from Developers, API keys", examples=["rk_live_…"]
    )
    webhook_secret: SecretStr | None = Field(
        None, title="Webhook signing secret", description="whsec_… of the endpoint; without it Concord only asks", min_length=1
    )
    account: str | None = Field(
        None, title="Connected account", description="acct_… if the key is a platform's", examples=["acct_1"]
    )
