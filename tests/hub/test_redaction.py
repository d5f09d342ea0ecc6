"""No form of a secret stays in a text."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.redaction import HIDDEN, LEARNED, Redactor

secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40)
around = st.binary(max_size=7)


@given(secret=secrets, before=st.text(max_size=5), after=st.text(max_size=5))
def test_a_secret_is_hidden_however_it_is_written(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    for form in (
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        secret.encode().hex(),
        json.dumps(secret)[1:-1],
    ):
        assert form not in redactor.text(f"{before}{form}{after}").replace(HIDDEN, "")


@given(secret=secrets, before=around, after=around)
def test_a_secret_inside_base64_is_hidden(secret: str, before: bytes, after: bytes) -> None:
    """As in Basic authentication, where a user name stands before it."""
    said = Redactor([secret]).text(base64.b64encode(before + secret.encode() + after).decode())
    assert HIDDEN in said
    assert len(said.replace(HIDDEN, "")) <= 4 * (len(before) + len(after)) / 3 + 8


@given(st.lists(secrets, min_size=2, max_size=3))
def test_a_secret_that_holds_another_is_hidden_whole(parts: list[str]) -> None:
    whole = "".join(parts)
    assert Redactor([parts[0], whole]).text(whole) == HIDDEN


@given(first=secrets, later=secrets)
def test_a_secret_that_is_learned_later_is_hidden_too(first: str, later: str) -> None:
    redactor = Redactor([first])
    redactor.learn([later])
    assert redactor.text(f"{first} {later} {quote(later, safe='')}").replace(HIDDEN, "").isspace()


@given(st.lists(secrets, min_size=LEARNED, max_size=LEARNED + 4, unique=True), secrets)
def test_what_was_given_at_first_and_the_newest_are_never_forgotten(later: list[str], first: str) -> None:
    redactor = Redactor([first])
    for secret in later:
        redactor.learn([secret])
    for secret in (first, *later[-LEARNED:]):
        assert secret not in redactor.text(f"<{secret}>").replace(HIDDEN, "")


@given(st.text())
def test_without_secrets_text_stays(text: str) -> None:
    assert Redactor([]).text(text) == text


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "Cookie", "Set-Cookie", "Stripe-Signature", "X-Auth-Token"])
def test_telling_headers_are_hidden(name: str) -> None:
    assert Redactor([]).headers({name: "anything", "accept": "json"}) == {name: HIDDEN, "accept": "json"}


@pytest.mark.parametrize(
    "name", ["api_key", "access_token", "token", "code", "client_secret", "password", "hapikey", "sig", "api%5Fkey"]
)
def test_telling_parameters_are_hidden(name: str) -> None:
    assert Redactor([]).target(f"https://api.example/v1?limit=5&{name}=abc") == f"/v1?limit=5&{name}={HIDDEN}"


def test_innocent_targets_stay() -> None:
    url = "https://api.example/v1/customers?limit=100&starting_after=cus_1&currency_code=EUR"
    assert Redactor(["some long secret"]).target(url) == url.removeprefix("https://api.example")
