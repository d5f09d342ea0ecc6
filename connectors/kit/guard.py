"""Where we may connect to: public addresses, and the few inside addresses that the operator names."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from connectors.kit.errors import Rejected, Retry

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

# What `is_global` lets through although it leads inside: clouds' own services, and old ways to wrap an IPv4 address.
INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.0/24",  # Oracle's metadata is 192.0.0.192
        "100.64.0.0/10",
        "::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fd00:ec2::/32",
        "fec0::/10",
    )
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """`allow`: `host:port` texts that may be reached wherever they lead, and without TLS (twins, the operator's own)."""

    def __init__(self, allow: frozenset[str] = frozenset(), resolve: Resolve = resolve) -> None:
        self._allow = frozenset(entry.lower() for entry in allow)
        self._resolve = resolve

    def check_url(self, url: str) -> None:
        """On the text as given, before any library mends it. Raises `Rejected('address_refused', why=…)`."""
        if re.search(r"[\x00-\x20\x7f\\]", url):
            raise _refused("", "unprintable")
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError:
            raise _refused("", "malformed") from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise _refused(parts.hostname or "", "scheme")
        if "@" in parts.netloc:
            raise _refused(parts.hostname, "user")
        if parts.scheme == "http" and not self._allowed(parts.hostname, port):
            raise _refused(parts.hostname, "not_encrypted")

    def addresses(self, host: str, port: int) -> list[str]:
        """Resolved once, all checked: connect to these and nothing else. Raises `Rejected`; `Retry` for an unknown host."""
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise Retry("unknown_host", host=host) from None
        if not self._allowed(host, port) and not all(is_public(text) for text in found):
            raise _refused(host, "inside")
        return list(found)

    def _allowed(self, host: str, port: int) -> bool:
        return f"{host.lower()}:{port}" in self._allow


def is_public(text: str) -> bool:
    """Whether an address, as resolved, is out in the world."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address in NAT64:
            return is_public(str(IPv4Address(int(address) & 0xFFFFFFFF)))
    if any(address in network for network in INSIDE if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def _refused(host: str, why: str) -> Rejected:
    return Rejected("address_refused", host=host, why=why)
