"""Keeps requests out of private networks, by the address that is really connected to.

The check stands where the socket is made: after DNS, at each redirect, for every address that is tried. A name that
resolves to something else the second time gains nothing by it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import aiohttp
from aiohttp.abc import AbstractResolver

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")

AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class PrivateAddress(OSError):
    """An address that is not of the public internet; nothing was sent to it."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also by the IPv4 address that it may carry inside."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := _carried(ip):
            return is_public(str(inner))
        if ip in _NAT64_LOCAL or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def anywhere(address: str) -> bool:
    """For sites on loopback, in tests and demonstrations: every address may be reached."""
    return True


def connector(may_reach: Callable[[str], bool], resolver: AbstractResolver | None = None) -> aiohttp.TCPConnector:
    """A connector that opens sockets to those addresses alone that may be reached."""

    def open_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not may_reach(str(address[0])):
            raise PrivateAddress("the address is not public")
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(resolver=resolver, socket_factory=open_socket, use_dns_cache=False, force_close=True)


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, Teredo's client, NAT64, or the old compatible form."""
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
