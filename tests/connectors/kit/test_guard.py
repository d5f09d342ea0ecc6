"""Where we may not connect to, however it is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.errors import Rejected, Retry
from connectors.kit.guard import Guard, is_public

INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "168.63.129.16",
    "100.100.100.200", "192.0.0.192", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::1", "ff02::1",
]  # fmt: skip
OUTSIDE = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]


def refused(why: str, call: object, *args: object) -> None:
    with pytest.raises(Rejected) as caught:
        call(*args)  # type: ignore[operator]  # any check of the guard
    assert (caught.value.code, caught.value.data["why"]) == ("address_refused", why)


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(address)
    refused("inside", Guard(resolve=lambda *_: [address]).addresses, "api.example", 443)
    refused("inside", Guard(resolve=lambda *_: ["1.1.1.1", address]).addresses, "api.example", 443)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert Guard(resolve=lambda *_: [address]).addresses("api.example", 443) == [address]


@given(st.ip_addresses(v=4))
def test_an_address_means_the_same_in_every_wrapping(address: ipaddress.IPv4Address) -> None:
    text = str(address)
    wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address))
    assert is_public(f"::ffff:{text}") == is_public(text)
    assert is_public(str(wrapped)) == is_public(text)
    assert is_public(text) <= address.is_global


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "localhost"]
)
def test_every_spelling_of_loopback_is_resolved_before_it_is_judged(host: str) -> None:
    with pytest.raises((Rejected, Retry)):  # Retry where this system does not resolve the spelling at all
        Guard().addresses(host, 443)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "scheme"),
        ("gopher://api.example/", "scheme"),
        ("https://", "scheme"),
        ("https://user@api.example/", "user"),
        ("https://api.example@127.0.0.1/", "user"),
        ("https://api.example/\r\nx-evil: 1", "unprintable"),
        ("https://api.example/a b", "unprintable"),
        ("https:\\\\api.example/", "unprintable"),
        ("https://api.example:99999/", "malformed"),
        ("https://[::1/", "malformed"),
        ("http://api.example/", "not_encrypted"),
    ],
)
def test_refused_as_written(url: str, why: str) -> None:
    refused(why, Guard().check_url, url)


def test_the_operators_own_addresses_are_reached_at_that_port_only() -> None:
    guard = Guard(frozenset({"127.0.0.1:8411"}), resolve=lambda *_: ["127.0.0.1"])
    guard.check_url("http://127.0.0.1:8411/v1")
    assert guard.addresses("127.0.0.1", 8411) == ["127.0.0.1"]
    refused("not_encrypted", guard.check_url, "http://127.0.0.1:8412/v1")
    refused("inside", guard.addresses, "127.0.0.1", 8412)


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError(f"{host}:{port}")

    with pytest.raises(Retry, match="unknown_host"):
        Guard(resolve=unknown).addresses("nowhere.example", 443)
