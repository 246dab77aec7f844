"""One address for one article, and no address but those of the web."""

from __future__ import annotations

import pytest

from bot.errors import UnreadableCoverage
from bot.feeds.urls import canonical_url, host_of, web_url

PLAIN = "https://example.org/news/uk-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/news/uk-1",
        "https://www.example.org/news/uk-1/",
        "https://EXAMPLE.org:443/news/uk-1#comments",
        "http://example.org:80//news//uk-1",
        "https://example.org/news/uk-1?utm_source=rss&utm_medium=feed&UTM_Campaign=x",
        "https://example.org/news/uk-1?fbclid=IwAR0&gclid=9&at_medium=RSS&ocid=x",
        "https://m.example.org/news/uk-1",
        "https://amp.example.org/news/uk-1",
        "https://example.org/news/uk-1/amp",
        "https://example.org/news/uk-1/amp/",
        "https://example.org/amp/news/uk-1",
        "https://example.org/news/amp/uk-1",
        "https://example.org/news/uk-1?amp",
        "https://example.org/news/uk-1?outputType=amp",
        "https://www.google.co.uk/amp/s/www.example.org/news/uk-1",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/uk-1/amp",
        "https://cdn.ampproject.org/v/example.org/news/uk-1?usqp=mq331",
        " https://example.org/news/\nuk-1 ",
    ],
)
def test_given_another_form_of_an_address_when_made_canonical_then_it_is_the_same_article(url: str) -> None:
    assert canonical_url(url) == PLAIN


def test_given_parameters_that_name_the_article_when_made_canonical_then_they_stay_in_one_order() -> None:
    assert canonical_url("https://example.org/a?p=2&id=7&utm_id=1") == "https://example.org/a?id=7&p=2"
    assert canonical_url("https://example.org/a?id=7") != canonical_url("https://example.org/a?id=8")


def test_given_letters_beyond_ascii_when_made_canonical_then_both_spellings_are_one() -> None:
    assert canonical_url("https://bücher.example/straße") == canonical_url("https://xn--bcher-kva.example/stra%c3%9fe")


def test_given_letters_that_are_no_utf_8_when_made_canonical_then_two_articles_stay_two() -> None:
    one, other = (canonical_url(f"https://example.org/{letter}tat?q={letter}") for letter in ("%E9", "%E8"))

    assert one == "https://example.org/%E9tat?q=%E9"
    assert one != other


@pytest.mark.parametrize("url", ["https://example.org/champagne", "https://example.org/amplify", "https://m.uk/a"])
def test_given_an_address_that_only_looks_like_a_mirror_when_made_canonical_then_it_is_left(url: str) -> None:
    assert canonical_url(url) == url


def test_given_any_canonical_address_when_made_canonical_again_then_it_stays() -> None:
    once = canonical_url("http://www.example.org/a b/?q=ü&x=%26")

    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVa\nScript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,hello",
        "ftp://example.org/a",
        "example.org/a",
        "https://",
        "https:///a",
        "https://user:secret@example.org/",
        "https://example.org\\@evil.example/",
        "https://exa mple.org/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example..org/",
        "https://example.org/\ud800",
        f"https://{'a' * 64}.example/",
        "https://[fe80::1%25eth0]/",
        "https://example.org/" + "a" * 3_000,
        "https://example.org/" + "ж" * 400,
        "",
    ],
)
def test_given_an_address_not_of_the_web_when_read_then_it_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(UnreadableCoverage, match="address"):
        web_url(url)


def test_given_a_relative_link_when_read_with_its_base_then_it_is_joined() -> None:
    assert web_url("../a?b=1#c", base="http://Example.org/news/today/") == "http://example.org/news/a?b=1"


def test_given_an_address_when_its_host_is_asked_then_a_person_would_write_it_so() -> None:
    assert host_of("https://www.example.org:8080/a") == "example.org"
