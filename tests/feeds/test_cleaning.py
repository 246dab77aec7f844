"""What must hold for any text and any bytes at the way in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details, make_article, shortened
from bot.feeds.cleaning import clean, decode, decode_declared
from bot.feeds.markdown import read_markdown
from bot.feeds.urls import canonical_url

TEXT = st.text(st.characters() | st.sampled_from("\0\r\n\u2028\u202e\u200b\x85\ufeff#*[]()<>-`. "))


@given(TEXT)
def test_given_any_text_when_cleaned_then_nothing_hidden_is_left_and_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\0\r\x1b\u202e\u2066\u200b\ufeff\u2028\x85\ud800")
    cleaned.encode()


@given(st.binary(), st.none() | st.sampled_from(["utf-8", "utf-16", "latin-1", "hex", "idna", "punycode", "utf-7"]))
def test_given_any_bytes_when_decoded_then_there_is_text_or_a_reason(content: bytes, charset: str | None) -> None:
    assert isinstance(decode_declared(content, charset), str)
    try:
        assert isinstance(decode(content), str)
    except UnreadableCoverage as error:
        assert str(error)  # noqa: PT017


@given(TEXT)
def test_given_any_markdown_when_read_then_its_article_is_whole_or_there_is_a_reason(text: str) -> None:
    try:
        words, details = read_markdown(text)
        article = make_article("a", words, details, outlet="a.md", identity="a.md")
    except UnreadableCoverage as error:
        assert str(error)  # noqa: PT017
        return

    assert article.title
    assert article.sentences
    assert all(article.text[s.start : s.end] == s.text for s in article.sentences)


@given(TEXT, st.integers(2, 400))
def test_given_any_text_when_shortened_then_it_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = shortened(text, limit)

    assert len(line) <= limit
    assert "\n" not in line


@given(
    st.from_regex(
        r"https?://[a-z]{1,8}\.example(:[0-9]{1,4})?(/([ -~]|%25|%2[fF]){0,10}){0,3}(\?[ -~]{0,20})?", fullmatch=True
    )
)
def test_given_any_address_when_made_canonical_twice_then_it_stays(url: str) -> None:
    once = canonical_url(url)

    assert canonical_url(once) == once


@given(st.text())
def test_given_any_date_when_read_then_it_is_known_or_unknown(text: str) -> None:
    article = make_article("a", "It is so.", Details(published=text), outlet="a", identity="a")

    assert article.published is None or article.published.earliest <= article.published.latest
