"""What all tests share: no test reaches any address but loopback, and no setting leaks in from outside."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no property is held to a time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

for name in list(os.environ):
    if name.lower().endswith("_proxy") or name.startswith(
        ("OPENAI_", "SLACK_", "TOKEN_", "MODEL_", "DATABASE_URL", "KEEP_")
    ):
        del os.environ[name]


def _loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection or a look-up beyond loopback fails the test that made it."""
    trespasses: list[object] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: object) -> None:
        trespasses.append(address)
        raise AssertionError(f"a test tried to reach {address!r}")

    def guarded(self: socket.socket, address: Any) -> None:
        if not _loopback(address):
            refuse(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        if not _loopback(address):
            refuse(address)
        return connect_ex(self, address)

    def resolve(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not _loopback((host.decode() if isinstance(host, bytes) else host,)):
            refuse(host)
        return getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield
    assert not trespasses, f"this test tried to reach {trespasses}"
