"""What RSS, Atom and JSON feeds give, and what of them is refused or cleaned."""

from __future__ import annotations

import json

import pytest

from bot.errors import UnreadableCoverage
from bot.feeds.entries import Entry, Feed, about
from bot.feeds.parsing import MAX_ENTRIES, is_feed, parse_feed
from tests.feeds.pages import a_page, an_item, rss

URL = "https://example.org/feed"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Herald</title>
<entry><title>Ban stays</title><link href="/b"/><author><name>Ann Lee</name></author>
<published>2026-05-20T08:30:00+01:00</published><updated>2026-05-21T09:00:00Z</updated>
<summary>Short.</summary><content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &amp;amp; three.&lt;/p&gt;</content>
</entry></feed>"""


def test_given_rss_when_parsed_then_its_entries_come_in_order() -> None:
    items = [
        an_item(
            "https://example.org/a", "Ban &amp; tariff", "<p>It is <b>over</b>.</p>", "Wed, 20 May 2026 08:30:00 +0100"
        ),
        an_item("https://example.org/b"),
    ]

    feed = parse_feed(rss(items).encode(), url=URL)

    assert feed.title == "The Courier"
    assert feed.entries == (
        Entry("https://example.org/a", "Ban & tariff", "It is over.", "2026-05-20T08:30:00+01:00"),
        Entry("https://example.org/b", "Ban lifted", "It is over."),
    )


def test_given_atom_when_parsed_then_links_are_joined_and_the_longer_text_is_kept() -> None:
    feed = parse_feed(ATOM.encode(), url=URL)

    assert feed.entries == (
        Entry(
            url="https://example.org/b",
            title="Ban stays",
            summary="One.\n\nTwo & three.",
            published="2026-05-20T08:30:00+01:00",
            updated="2026-05-21T09:00:00+00:00",
            author="Ann Lee",
        ),
    )


def test_given_a_json_feed_when_parsed_then_a_bad_item_spoils_no_other() -> None:
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Star",
        "items": [
            {"id": "1", "url": "https://example.org/a", "title": "One", "content_html": "<p>It is <i>so</i>.</p>"},
            {"id": "2", "url": ["not", "an", "address"]},
            "not an item",
            {
                "id": 3,
                "url": "https://example.org/c",
                "summary": "Text",
                "authors": [{"name": "Bo"}],
                "date_published": "2026-05-20T08:30:00+01:00",
            },
        ],
    }

    feed = parse_feed(json.dumps(content).encode(), url=URL)

    assert feed.title == "The Star"
    assert feed.entries == (
        Entry("https://example.org/a", "One", "It is so."),
        Entry("https://example.org/c", "", "Text", "2026-05-20T08:30:00+01:00", None, "Bo"),
    )


def test_given_a_json_feed_with_nulls_when_parsed_then_they_count_as_left_out() -> None:
    item = dict.fromkeys(("title", "summary", "content_text", "content_html", "date_published", "author", "authors"))
    content = {
        "version": "https://jsonfeed.org/version/1",
        "title": None,
        "items": [item | {"url": "https://a.example/"}],
    }

    feed = parse_feed(json.dumps(content).encode(), url=URL)

    assert feed == Feed("", (Entry("https://a.example/", ""),))


def test_given_a_json_feed_with_a_cut_emoji_when_parsed_then_it_is_a_question_mark_and_the_rest_is_whole() -> None:
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "https://example.org/a", "title": "So it is \ud83d"}, {"url": "https://example.org/b"}],
    }

    feed = parse_feed(json.dumps(content).encode(), url=URL)

    assert [(entry.url, entry.title) for entry in feed.entries] == [
        ("https://example.org/a", "So it is ?"),
        ("https://example.org/b", ""),
    ]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "https://user:word@example.org/"]
)
def test_given_a_link_that_is_no_web_address_when_parsed_then_its_entry_is_dropped(link: str) -> None:
    content = rss([an_item(link), an_item("https://example.org/b")])

    feed = parse_feed(content.encode(), url=URL)

    assert [entry.url for entry in feed.entries] == ["https://example.org/b"]


def test_given_scripts_and_hidden_characters_when_parsed_then_only_words_are_left() -> None:
    summary = "<script>alert(1)</script><p onclick='x()'>It\u200b is\u202e <style>p{}</style>over.</p><iframe src=x>"

    (entry,) = parse_feed(rss([an_item("https://example.org/a", summary=summary)]).encode(), url=URL).entries

    assert entry.summary == "It is over."


def test_given_an_entity_bomb_when_parsed_then_nothing_is_expanded() -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lines}]>'
        + rss([an_item("https://example.org/a", "&l9;")]).partition("?>")[2]
    )

    feed = parse_feed(bomb.encode(), url=URL)

    assert all(len(entry.title) <= 300 for entry in feed.entries)


def test_given_an_external_entity_when_parsed_then_no_file_is_read() -> None:
    content = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        + rss([an_item("https://example.org/a", "Host &f; end", "&f;")]).partition("?>")[2]
    )

    (entry,) = parse_feed(content.encode(), url=URL).entries

    assert entry.title.replace("&f;", "").split() == ["Host", "end"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_given_a_feed_in_another_encoding_when_parsed_then_its_words_are_right(encoding: str) -> None:
    content = rss([an_item("https://example.org/a", "Über £3bn")]).replace("utf-8", encoding)

    (entry,) = parse_feed(content.encode(encoding), url=URL).entries

    assert entry.title == "Über £3bn"


def test_given_a_feed_in_the_wrong_charset_when_parsed_then_it_still_gives_its_entries() -> None:
    content = rss([an_item("https://example.org/a", "Über £3bn")]).encode("cp1252")

    (entry,) = parse_feed(content, url=URL, content_type="application/rss+xml; charset=utf-8").entries

    assert entry.url == "https://example.org/a"


def test_given_a_feed_cut_in_the_middle_when_parsed_then_the_whole_entries_are_there() -> None:
    content = rss([an_item("https://example.org/a"), an_item("https://example.org/b")])

    feed = parse_feed(content[: content.rindex("<description>")].encode(), url=URL)

    assert [entry.url for entry in feed.entries] == ["https://example.org/a", "https://example.org/b"]


def test_given_a_feed_without_end_when_parsed_then_its_entries_are_bounded() -> None:
    content = rss([an_item(f"https://example.org/{number}") for number in range(MAX_ENTRIES + 50)])

    assert len(parse_feed(content.encode(), url=URL).entries) == MAX_ENTRIES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"just words",
        a_page().encode(),
        b'{"version": "1", "items": []}',
        b'{"items": ',
        b"[" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": 5}',
    ],
)
def test_given_something_else_when_parsed_as_a_feed_then_it_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableCoverage, match="not a feed"):
        parse_feed(content, url=URL)


def test_given_an_answer_when_looked_at_then_a_feed_is_told_from_a_page() -> None:
    assert is_feed(rss([]).encode(), "text/html")
    assert is_feed(ATOM.encode(), "text/xml")
    assert is_feed(b"\xef\xbb\xbf", "application/rss+xml")
    assert is_feed(b'{"version": "https://jsonfeed.org/version/1"}', "application/json")
    assert not is_feed(a_page().encode(), "text/html")
    assert not is_feed(b'{"a": 1}', "application/json")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), True),
        (("export ban",), True),
        (("EXPORT  BAN",), True),
        (("tariff",), True),
        (("minister's",), True),
        (("port",), False),
        (("weather", "AI"), True),
        (("said",), False),
        (("C++",), True),
        ((" ",), False),
    ],
)
def test_given_a_topic_when_an_entry_is_filtered_then_whole_words_and_phrases_count(
    words: tuple[str, ...], wanted: bool
) -> None:
    entry = Entry("https://example.org/a", "Export\nban on AI tools", "New tariffs. The minister’s C++ code.")

    assert about(entry, words) is wanted
