"""How the web is asked: politely, within bounds, and never inside a private network."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from protego import Protego

from bot.errors import UnreadableCoverage
from bot.feeds.fetch import USER_AGENT, Fetcher, Gone, Refused, Unreachable
from bot.feeds.guard import anywhere, is_public
from tests.feeds.site import Asked, a_site, answer


def a_fetcher(**settings: Any) -> Fetcher:
    return Fetcher(**{"may_reach": anywhere, "pause_s": 0, "timeout_s": 5, "max_bytes": 100_000} | settings)


def plays_the_internet(address: str) -> bool:
    return address == "127.0.0.2"


class Names(AbstractResolver):
    """A resolver that gives each name its next address at every look-up, the last one from then on."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        left = self.addresses[host.partition(".")[0]]
        address = left.pop(0) if len(left) > 1 else left[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0),
        ]

    async def close(self) -> None:
        pass


async def test_given_a_page_when_fetched_then_its_bytes_and_stamps_come_with_it() -> None:
    page = answer("Grüße".encode("latin-1"), type="text/html; charset=ISO-8859-1", ETag='"1"', Last_Modified="today")
    async with a_site({"/a": page}) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/a#part"))

    assert (fetched.url, fetched.body) == (site.url("/a"), "Grüße".encode("latin-1"))
    assert (fetched.content_type, fetched.charset) == ("text/html", "ISO-8859-1")
    assert (fetched.etag, fetched.last_modified, fetched.moved_to) == ('"1"', "today", None)
    assert site.asked_for("/a")[0].headers["user-agent"] == USER_AGENT


async def test_given_stamps_when_nothing_changed_then_there_is_no_body() -> None:
    async with a_site({"/feed": answer(status=304, Content_Length="")}) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/feed"), etag='"1"', last_modified="today", robots=False)

    assert fetched.body is None
    (asked,) = site.asked
    assert (asked.headers["if-none-match"], asked.headers["if-modified-since"]) == ('"1"', "today")


@pytest.mark.parametrize("stamp", ['"ü"', '"' + "x" * 2_000 + '"', ""])
async def test_given_a_stamp_that_could_not_be_sent_back_when_fetched_then_it_is_left(stamp: str) -> None:
    async with a_site({"/a": answer("text", ETag=stamp)}) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/a"))

    assert fetched.etag is None


@pytest.mark.parametrize(("status", "moved"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_given_a_redirect_when_fetched_then_only_a_permanent_one_moves_the_address(
    status: int, moved: bool
) -> None:
    answers = {"/old": answer(status=status, Location="/new"), "/new": answer("here")}
    async with a_site(answers) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/old"))

    assert (fetched.url, fetched.body) == (site.url("/new"), b"here")
    assert fetched.moved_to == (site.url("/new") if moved else None)


async def test_given_a_redirect_whose_address_is_no_utf_8_when_fetched_then_its_bytes_are_asked_for() -> None:
    moved = answer(status=301, Location="/caf?").replace(b"?", b"\xe9")
    async with a_site({"/old": moved, "/caf%E9": answer("here")}) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/old"))

    assert fetched.body == b"here"


async def test_given_redirects_in_a_circle_when_fetched_then_it_ends() -> None:
    async with a_site({"/a": answer(status=302, Location="/a")}) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match="redirects too often"):
            await fetcher.get(site.url("/a"))

    assert len(site.asked_for("/a")) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/", "//user@127.0.0.1/"]
)
async def test_given_a_redirect_out_of_the_web_when_fetched_then_it_is_refused(target: str) -> None:
    async with a_site({"/a": answer(status=302, Location=target)}) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match="address"):
            await fetcher.get(site.url("/a"))


@pytest.mark.parametrize(
    ("status", "kind"), [(410, Gone), (404, Refused), (403, Refused), (429, Unreachable), (500, Unreachable)]
)
async def test_given_a_refusal_when_fetched_then_its_kind_says_whether_to_ask_again(
    status: int, kind: type[UnreadableCoverage]
) -> None:
    async with a_site({"/a": answer(status=status)}) as site, a_fetcher() as fetcher:
        with pytest.raises(kind) as caught:
            await fetcher.get(site.url("/a"))

    assert caught.value.retry == (kind is Unreachable)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("120", 120),
        ("9999999", 86_400),
        ("-5", 0),
        ("nan", None),
        ("soon", None),
        (format_datetime(datetime.now(UTC) + timedelta(hours=48), usegmt=True), 86_400),
        (format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True), 0),
    ],
)
async def test_given_too_many_requests_when_fetched_then_the_wish_of_the_site_is_told(
    given: str, expected: float | None
) -> None:
    async with a_site({"/a": answer(status=429, Retry_After=given)}) as site, a_fetcher() as fetcher:
        with pytest.raises(Unreachable) as caught:
            await fetcher.get(site.url("/a"))

    assert caught.value.retry_after_s == expected


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello " * 100)),
        ("deflate", zlib.compress(b"hello " * 100)),
        ("deflate", zlib.compress(b"hello " * 100)[2:-4]),
        ("identity", b"hello " * 100),
    ],
)
async def test_given_a_compressed_page_when_fetched_then_it_is_opened(encoding: str, body: bytes) -> None:
    async with a_site({"/a": answer(body, Content_Encoding=encoding)}) as site, a_fetcher() as fetcher:
        fetched = await fetcher.get(site.url("/a"))

    assert fetched.body == b"hello " * 100


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", gzip.compress(b"\0" * 50_000_000), "larger than 0.1 MB"),
        ("deflate", zlib.compress(b"\0" * 50_000_000), "larger than 0.1 MB"),
        ("gzip", b"not compressed at all", "compression is broken"),
        ("gzip", gzip.compress(b"hello " * 100)[:-12], "cut its answer short"),
        ("br", b"whatever", "compressed in a way"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"hello")), "compressed in a way"),
        ("identity", b"x" * 100_001, "larger than 0.1 MB"),
    ],
)
async def test_given_a_bomb_or_a_broken_body_when_fetched_then_it_is_refused(
    encoding: str, body: bytes, reason: str
) -> None:
    async with a_site({"/a": answer(body, Content_Encoding=encoding)}) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match=reason):
            await fetcher.get(site.url("/a"))


async def test_given_a_length_longer_than_the_body_when_fetched_then_it_was_cut_and_may_come_later() -> None:
    async with a_site({"/a": answer(b"half", Content_Length="1000")}) as site, a_fetcher() as fetcher:
        with pytest.raises(Unreachable):
            await fetcher.get(site.url("/a"))


async def test_given_a_length_shorter_than_the_body_when_fetched_then_no_more_than_the_length_is_read() -> None:
    async with a_site({"/a": answer(b"whole and more", Content_Length="5")}) as site, a_fetcher() as fetcher:
        try:
            body = (await fetcher.get(site.url("/a"))).body
        except Unreachable:
            body = b"whole"  # refused, for what follows is no answer

    assert body == b"whole"


@pytest.mark.parametrize("raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n"])
async def test_given_an_answer_that_is_no_http_when_fetched_then_it_is_unreachable(raw: bytes) -> None:
    async with a_site({"/a": raw, "/robots.txt": answer(status=404)}) as site, a_fetcher() as fetcher:
        with pytest.raises(Unreachable):
            await fetcher.get(site.url("/a"))


async def test_given_a_stream_without_end_when_fetched_then_it_stops_at_the_bound() -> None:
    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with a_site({"/a": endless}) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match=r"larger than 0\.1 MB"):
            await fetcher.get(site.url("/a"))


async def test_given_a_site_that_drips_when_fetched_then_time_runs_out() -> None:
    async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with a_site({"/a": drip}) as site, a_fetcher(timeout_s=0.2) as fetcher:
        with pytest.raises(Unreachable, match="too long"):
            await fetcher.get(site.url("/a"))


async def test_given_nobody_listening_when_fetched_then_it_is_unreachable() -> None:
    async with a_site({}) as site:
        pass
    async with a_fetcher() as fetcher:
        with pytest.raises(Unreachable):
            await fetcher.get(site.url("/a"))


# Private networks.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0.0.0.0", "[::1]"])
async def test_given_a_private_address_in_any_spelling_when_fetched_then_nothing_is_sent(host: str) -> None:
    async with a_site({"/a": answer("secret")}) as site, a_fetcher(may_reach=is_public) as fetcher:
        with pytest.raises(UnreadableCoverage):
            await fetcher.get(site.url("/a", host))

    assert site.asked == []


async def test_given_a_name_of_a_private_address_when_fetched_then_nothing_is_sent() -> None:
    resolver = Names(news=["127.0.0.1"])
    async with a_site({"/a": answer("secret")}) as site, a_fetcher(may_reach=is_public, resolver=resolver) as fetcher:
        with pytest.raises(UnreadableCoverage, match="private network"):
            await fetcher.get(site.url("/a", "news.example"))

    assert site.asked == []


async def test_given_a_redirect_to_a_private_address_when_fetched_then_nothing_is_sent_there() -> None:
    resolver = Names(news=["127.0.0.2"], inside=["127.0.0.1"])
    async with a_site({"/secret": answer("secret")}) as inside:
        server = await asyncio.start_server(
            lambda reader, writer: redirect_to(inside.url("/secret", "inside.example"), reader, writer), "127.0.0.2", 0
        )
        port = server.sockets[0].getsockname()[1]
        async with server, a_fetcher(may_reach=plays_the_internet, resolver=resolver) as fetcher:
            with pytest.raises(UnreadableCoverage, match="private network"):
                await fetcher.get(f"http://news.example:{port}/a", robots=False)

    assert inside.asked == []


async def redirect_to(url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(answer(status=302, Location=url))
    await writer.drain()
    writer.close()


async def test_given_dns_that_changes_its_mind_when_fetched_then_the_address_connected_to_counts() -> None:
    resolver = Names(news=["127.0.0.2", "127.0.0.1"])
    async with (
        a_site({"/a": answer("secret")}) as site,
        a_fetcher(may_reach=plays_the_internet, resolver=resolver) as fetcher,
    ):
        with pytest.raises(Unreachable):
            await fetcher.get(site.url("/a", "news.example"), robots=False)  # public, and nobody there
        with pytest.raises(UnreadableCoverage, match="private network"):
            await fetcher.get(site.url("/a", "news.example"), robots=False)

    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1", "news.example", "",
    ],
)  # fmt: skip
def test_given_an_address_that_is_not_public_when_judged_then_it_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.0.81", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_given_a_public_address_when_judged_then_it_is(address: str) -> None:
    assert is_public(address)


# Manners.

ROBOTS = "User-agent: *\nDisallow: /private\nDisallow: /*/print$\n\nUser-agent: greedy\nDisallow: /"


async def test_given_robots_txt_when_fetched_then_it_is_asked_once_and_honoured() -> None:
    answers = {path: answer("text") for path in ("/a", "/b", "/private/c", "/a/print")}
    async with a_site({"/robots.txt": answer(ROBOTS, type="text/plain"), **answers}) as site, a_fetcher() as fetcher:
        await fetcher.get(site.url("/a"))
        await fetcher.get(site.url("/b"))
        for path in ("/private/c", "/a/print"):
            with pytest.raises(UnreadableCoverage, match=r"robots\.txt"):
                await fetcher.get(site.url(path))

    assert site.paths() == ["/robots.txt", "/a", "/b"]


async def test_given_a_long_robots_txt_when_it_is_read_then_others_are_served_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served, read = threading.Event(), Protego.parse

    def parse(text: str) -> Protego:
        assert served.wait(10), "nobody was served"
        return read(text)

    async def serve() -> None:
        while not site.paths():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        served.set()

    monkeypatch.setattr(Protego, "parse", parse)
    answers = {"/robots.txt": answer(ROBOTS, type="text/plain"), "/a": answer("text")}
    async with a_site(answers) as site, a_fetcher() as fetcher:
        await asyncio.gather(fetcher.get(site.url("/a")), serve())

    assert site.paths() == ["/robots.txt", "/a"]


async def test_given_a_redirect_to_what_robots_txt_forbids_when_fetched_then_it_is_not_asked_for() -> None:
    answers = {"/robots.txt": answer(ROBOTS), "/a": answer(status=302, Location="/private/c")}
    async with a_site(answers) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match=r"robots\.txt"):
            await fetcher.get(site.url("/a"))

    assert site.paths() == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (answer(status=404), True),
        (answer(status=403), True),
        (answer(status=500), False),
        (answer(status=429), False),
        (b"", False),
        (answer(b"\x00\xff\xfe" * 1_000), True),
        (answer("# " + "x" * 600_000 + "\nUser-agent: *\nDisallow: /"), True),
    ],
)
async def test_given_a_broken_robots_txt_when_fetched_then_rfc_9309_decides(robots: bytes, allowed: bool) -> None:
    async with a_site({"/robots.txt": robots, "/a": answer("text")}) as site, a_fetcher() as fetcher:
        if allowed:
            assert (await fetcher.get(site.url("/a"))).body == b"text"
        else:
            with pytest.raises(Unreachable):
                await fetcher.get(site.url("/a"))


async def test_given_many_at_once_when_fetched_then_a_host_is_asked_one_at_a_time() -> None:
    open_now, most = 0, 0

    async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.01)
        open_now -= 1
        writer.write(answer("text"))

    async with a_site({f"/{n}": slow for n in range(5)}) as site, a_fetcher() as fetcher:
        await asyncio.gather(*(fetcher.get(site.url(f"/{n}")) for n in range(5)))

    assert most == 1
    assert site.paths().count("/robots.txt") == 1
