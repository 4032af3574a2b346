"""Where we may send: https addresses of public hosts, and nothing inside our own walls.

Note [One look at the name]: a name that resolves to a public address when it is checked can
resolve to a private one when it is used. So the check returns the addresses it looked at, and
the connection is made to one of those, with the certificate checked against the name.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.parse
from dataclasses import dataclass

from django.conf import settings

from wallet.errors import UnsafeEndpoint

_HTTPS_PORT = 443
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


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
        port = "" if self.port == _HTTPS_PORT else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def look_at(url: str) -> Target:
    """Return where a URL leads; every address of its host is public.

    Raises:
        UnsafeEndpoint: not https on its usual port, or a host that is not public, or no host.

    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise UnsafeEndpoint from exc
    if not (url.isascii() and url.isprintable() and " " not in url and host):
        raise UnsafeEndpoint
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UnsafeEndpoint
    inside = settings.PUSH_ALLOWS_LOOPBACK
    if not inside and (parts.scheme != "https" or port not in {None, _HTTPS_PORT}):
        raise UnsafeEndpoint
    ips = _resolve(host)
    if not ips or not all(_is_public(ip) or (inside and ip.is_loopback) for ip in ips):
        raise UnsafeEndpoint
    path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Target(parts.scheme, host, port or _HTTPS_PORT, str(ips[0]), path)


Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _resolve(host: str) -> list[Ip]:
    try:
        found = socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    except (OSError, ValueError):
        return []


def _is_public(ip: Ip) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        # Addresses that carry another one inside may lead there.
        if ip.ipv4_mapped is not None:
            return _is_public(ip.ipv4_mapped)
        if ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
