"""Where we may send: https addresses of public hosts, and nothing inside our own walls.

Note [One look at the name]: a name that resolves to a public address when it is checked can
resolve to a private one when it is used. So the check returns the address it looked at, and the
connection is made to that one, with the certificate checked against the name.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.parse
from dataclasses import dataclass

from wallet.errors import UnsafeEndpoint

_PORTS = {"https": 443, "http": 80}
# What is nobody's host, or carries another address inside: some Pythons take it for public.
_NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Rules:
    """What is let through: these ports, by https, at public addresses.

    ``inside`` lets through plain http, any port, and this machine; ``private`` with it the private
    networks too. Nothing lets through link-local addresses, where clouds keep their secrets.
    """

    ports: frozenset[int] = frozenset({443})
    inside: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked at: connect to ``ip``, speak to ``host``."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str

    @property
    def origin(self) -> str:
        """The scheme and host that a token is made out to."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def look_at(url: str, *, rules: Rules) -> Target:
    """Return where a URL leads; every address of its host is one that the rules let through.

    Raises:
        UnsafeEndpoint: not https, not a port of the rules, not a public host, or no host.

    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise UnsafeEndpoint from exc
    # A browser's parser and this one read a backslash differently: it is nobody's.
    if not (url.isascii() and url.isprintable() and host) or " " in url or "\\" in url:
        raise UnsafeEndpoint
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UnsafeEndpoint
    if parts.scheme != "https" and not (rules.inside and parts.scheme == "http"):
        raise UnsafeEndpoint
    port = _PORTS[parts.scheme] if port is None else port
    if not rules.inside and port not in rules.ports:
        raise UnsafeEndpoint
    ips = _resolve(host, port)
    if not ips or not all(_may_reach(ip, rules) for ip in ips):
        raise UnsafeEndpoint
    path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Target(parts.scheme, host, port, str(ips[0]), path)


def _resolve(host: str, port: int) -> list[Ip]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    except (OSError, ValueError):  # unknown, or no name at all
        return []


def _may_reach(ip: Ip, rules: Rules) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return _may_reach(ip.ipv4_mapped, rules)
    if rules.inside and ip.is_loopback:
        return True
    if any(ip in network for network in _NEVER) or ip.is_multicast or ip.is_reserved:
        return False
    return ip.is_global or (rules.inside and rules.private and ip.is_private)
