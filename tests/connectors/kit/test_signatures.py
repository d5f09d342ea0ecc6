"""Vendors' own vectors, and everything that must not pass."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import signatures
from connectors.kit.contract import Request
from connectors.kit.errors import Rejected

HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
HUBSPOT_URI = "https://www.example.com/webhook_uri"
HUBSPOT_BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation",'
    b'"attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)
STRIPE_NOW = datetime.fromtimestamp(1_700_000_000, UTC)
STRIPE_SECRET = "whsec_test_secret"
STRIPE_V1 = "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990"


def request(body: bytes, url: str = "https://hub.example/hook", **headers: str) -> Request:
    return Request("POST", url, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def stripe_request(header: str, body: bytes = b'{"id":"evt_test_webhook","object":"event"}') -> Request:
    return request(body, stripe_signature=header)


def hubspot_request(signature: str, url: str = HUBSPOT_URI) -> Request:
    return request(HUBSPOT_BODY, url, x_hubspot_signature_v3=signature, x_hubspot_request_timestamp="1700000000000")


def refused(why: str, check: object, *args: object, **options: object) -> None:
    with pytest.raises(Rejected) as caught:
        check(*args, **options)  # type: ignore[operator]  # the checks differ in their parameters
    assert (caught.value.code, caught.value.data["why"]) == ("signature", why)


def test_stripe_vector() -> None:
    signatures.stripe(stripe_request(f"t=1700000000,v1={STRIPE_V1}"), [STRIPE_SECRET], STRIPE_NOW)


def test_stripe_takes_one_right_signature_among_several_and_either_secret() -> None:
    asked = stripe_request(f"t=1700000000,v1={'0' * 64},v1={STRIPE_V1},v0=ab")
    signatures.stripe(asked, ["the new secret", STRIPE_SECRET], STRIPE_NOW)


@pytest.mark.parametrize("seconds", [301, -301, 1e9, -1e9])
def test_stripe_refuses_old_and_future(seconds: float) -> None:
    asked = stripe_request(f"t=1700000000,v1={STRIPE_V1}")
    refused("time", signatures.stripe, asked, [STRIPE_SECRET], STRIPE_NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "header", ["", "t=1700000000", f"v1={STRIPE_V1}", f"t=\u0661\u0667,v1={STRIPE_V1}", f"t=1e9,v1={STRIPE_V1}"]
)
def test_stripe_refuses_incomplete_headers(header: str) -> None:
    with pytest.raises(Rejected):
        signatures.stripe(stripe_request(header), [STRIPE_SECRET], STRIPE_NOW)


def test_raw_bytes_only() -> None:
    again = stripe_request(f"t=1700000000,v1={STRIPE_V1}", b'{"id": "evt_test_webhook", "object": "event"}')
    refused("wrong", signatures.stripe, again, [STRIPE_SECRET], STRIPE_NOW)


def test_no_downgrade_to_a_signature_without_time() -> None:
    older = stripe_request(f"t=1700000000,v0={STRIPE_V1}")
    refused("wrong", signatures.stripe, older, [STRIPE_SECRET], STRIPE_NOW)


@pytest.mark.parametrize("secrets", [[], [""], [STRIPE_SECRET, ""]])
def test_an_empty_secret_accepts_nobody(secrets: list[str]) -> None:
    refused("no_secret", signatures.stripe, stripe_request(f"t=1700000000,v1={STRIPE_V1}"), secrets, STRIPE_NOW)


def test_recurly_vector() -> None:
    body = (
        b'{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created",'
        b'"event_time":"2022-09-13T21:18:40Z","account_code":"adfas23zzz14123"}'
    )
    header = "1663103925004,ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"
    secret = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"
    signatures.recurly(request(body, recurly_signature=header), [secret], datetime.fromtimestamp(1_663_103_925, UTC))


def test_hubspot_vectors() -> None:
    signatures.hubspot_v3(hubspot_request("/pXDSgWeGksQpwCsgqd43P0eY6gBIse9UX0tfkudUrE="), [HUBSPOT_SECRET], STRIPE_NOW)
    decoded = hubspot_request("S39DLYYaHAlhnfqyJ+5syeK0oDNDA1dKn0uLCn+T+c0=", HUBSPOT_URI + "?src=hs%3Aapp%2Fv3")
    signatures.hubspot_v3(decoded, [HUBSPOT_SECRET], STRIPE_NOW)
    undecoded = hubspot_request("gPjWUxyOVRlPNAAjScgl/34Nz/2cj4h1YAcaNVKyHHI=", HUBSPOT_URI + "?src=hs%3Aapp%2Fv3")
    refused("wrong", signatures.hubspot_v3, undecoded, [HUBSPOT_SECRET], STRIPE_NOW)


def test_hubspot_older_versions_are_never_looked_at() -> None:
    v1 = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    asked = request(HUBSPOT_BODY, HUBSPOT_URI, x_hubspot_signature=v1, x_hubspot_signature_version="v1")
    refused("missing", signatures.hubspot_v3, asked, [HUBSPOT_SECRET], STRIPE_NOW)


def test_hubspot_public_url_behind_a_proxy() -> None:
    asked = hubspot_request("/pXDSgWeGksQpwCsgqd43P0eY6gBIse9UX0tfkudUrE=", "http://10.0.0.7:8400/webhook_uri")
    refused("wrong", signatures.hubspot_v3, asked, [HUBSPOT_SECRET], STRIPE_NOW)
    signatures.hubspot_v3(asked, [HUBSPOT_SECRET], STRIPE_NOW, url=HUBSPOT_URI)


def test_zendesk_vector() -> None:
    asked = request(
        b'{"ticket_id": 12345, "status": "open"}',
        x_zendesk_webhook_signature="DM4vdWm3RFsaESVGQ1PGkJ2ES0CrXVJSpknXWR06Kss=",
        x_zendesk_webhook_signature_timestamp="2026-07-14T12:00:00Z",
    )
    signatures.zendesk(asked, ["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="], datetime(2026, 7, 14, 12, 1, tzinfo=UTC))


def test_slack_scheme() -> None:
    secret, stamp, body = "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", b"token=x&team_id=T1"
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256").hexdigest()
    asked = request(body, x_slack_signature=f"v0={digest}", x_slack_request_timestamp=stamp)
    signatures.slack(asked, [secret], datetime.fromtimestamp(1_531_420_618, UTC))


def test_intercom_and_segment_and_help_scout_vectors() -> None:
    intercom = request(
        b'{"type":"notification_event","topic":"ping"}', x_hub_signature="sha1=59dc376710f2bb3f57a9fdb4921361641556cfb1"
    )
    signatures.hmac_hex(intercom, ["test_client_secret"], name="x-hub-signature", prefix="sha1=", hash=hashlib.sha1)
    segment = request(b'{"type":"track","event":"x"}', x_signature="39080cd619ab2099a690f33eb5932b85e36ef85d")
    signatures.hmac_hex(segment, ["shared"], name="x-signature", hash=hashlib.sha1)
    helpscout = request(b'{"id":1}', x_helpscout_signature="GBJg3YMwbqWtuvkvH/tsSr5zIck=")
    signatures.hmac_base64(helpscout, ["mZ9XbGHodX"], name="x-helpscout-signature", hash=hashlib.sha1)


@given(body=st.binary(), secret=st.text(min_size=1), other=st.binary())
def test_only_the_very_bytes_pass(body: bytes, secret: str, other: bytes) -> None:
    digest = base64.b64encode(hmac.new(secret.encode("utf-8", "surrogatepass"), body, "sha256").digest()).decode()
    signatures.hmac_base64(request(body, x_sig=digest), [secret], name="x-sig")
    if other != body:
        refused("wrong", signatures.hmac_base64, request(other, x_sig=digest), [secret], name="x-sig")


@given(token=st.text(min_size=1), given_token=st.text())
def test_a_shared_word_is_compared_whole(token: str, given_token: str) -> None:
    if token == given_token:
        signatures.shared_token(request(b"", x_token=given_token), [token], name="x-token")
    else:
        refused("wrong", signatures.shared_token, request(b"", x_token=given_token), [token], name="x-token")
