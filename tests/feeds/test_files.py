"""What a folder of coverage gives, and what of it is skipped, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import UnreadableCoverage, WrongUse
from bot.feeds.articles import Skipped
from bot.feeds.files import MAX_MARKDOWN_BYTES, MAX_TEXT_BYTES, read_folder
from bot.news.model import Article

SHARED = Path(__file__).parents[3] / "shared" / "coverage"
PAGE = """<html><head><title>Ban lifted | The Courier</title>
<meta property="og:site_name" content="The Courier">
<script>alert("stolen")</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Ban lifted</h1>
<p>The government lifted the ban on Monday after months of talks with its allies.</p>
<p>Ministers said that firms would be free to trade from June, though some doubt it.</p>
<p onclick="steal()">Exporters welcomed the news, and the pound rose against the dollar.</p>
</article></body></html>"""


def a_folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def articles(path: Path) -> list[Article]:
    found = list(read_folder(path))
    assert not [skipped for skipped in found if isinstance(skipped, Skipped)]
    return [article for article in found if isinstance(article, Article)]


def the_article(path: Path) -> Article:
    (article,) = articles(path)
    return article


def the_reason(path: Path) -> str:
    (skipped,) = read_folder(path)
    assert isinstance(skipped, Skipped)
    return skipped.reason


def test_given_a_plain_text_when_read_then_what_it_does_not_say_is_derived(tmp_path: Path) -> None:
    a_folder(tmp_path, {"story.txt": "The cabinet met. It rose late.\n\nNobody spoke.\n"})

    article = the_article(tmp_path)

    assert (article.id, article.outlet, article.identity) == ("story", "story.txt", "story.txt")
    assert (article.title, article.published, article.url, article.author) == ("The cabinet met.", None, None, None)
    assert [s.text for s in article.sentences] == ["The cabinet met.", "It rose late.", "Nobody spoke."]
    assert all(article.text[s.start : s.end] == s.text for s in article.sentences)
    assert article.invented is False


def test_given_a_long_first_sentence_when_read_then_the_title_is_cut_at_a_word(tmp_path: Path) -> None:
    a_folder(tmp_path, {"story.txt": "The cabinet met " + "and talked " * 30 + "late."})

    article = the_article(tmp_path)

    assert article.title == "The cabinet met and talked and talked and talked and talked and talked and…"


def test_given_front_matter_when_read_then_it_fills_the_article(tmp_path: Path) -> None:
    a_folder(
        tmp_path,
        {
            "a.md": "---\ntitle: 'Ban: lifted'\nsource: The Courier\nauthor: [Ann Lee, Bo Ray]\n"
            "published: 2026-05-20T08:30:00+01:00\nurl: http://www.example.org/a/?utm_source=x\ninvented: true\n---\n"
            "The ban is *over*.\nSee [the list](https://example.org/list).\n\n## What next?\n\n> Nobody knows.\n"
        },
    )

    article = the_article(tmp_path)

    assert (article.title, article.outlet, article.author) == ("Ban: lifted", "The Courier", "Ann Lee, Bo Ray")
    assert article.published is not None
    assert article.published.text == "2026-05-20T08:30:00+01:00"
    assert article.url == "http://www.example.org/a/?utm_source=x"
    assert article.identity == "https://example.org/a"
    assert article.invented is True
    assert article.text == "The ban is over.\nSee the list.\n\nWhat next?\n\nNobody knows."


def test_given_a_heading_in_markdown_when_read_then_it_is_the_title_and_no_sentence(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.md": "# Ban lifted\n\nIt is over.\n\n1987. It began.\n"})

    article = the_article(tmp_path)

    assert article.title == "Ban lifted"
    assert article.text == "It is over.\n\n1987. It began."


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2026-05-20", "2026-05-20"),
        ("2026-05-20 08:30:00 +0100", "2026-05-20T08:30:00+01:00"),
        ("2026-05-20T08:30Z", "2026-05-20T08:30:00+00:00"),
        ("20 May 2026", "2026-05-20"),
        ("Wed, 20 May 2026 08:30:00 +0100", "2026-05-20T08:30:00+01:00"),
        ("2026-05", "2026-05"),
        ("May 2026", "2026-05"),
        ("Sept 2026", None),
        ("2026-13", None),
        ("yesterday", None),
        ("0001-01-01", None),
        ("2026-99-99", None),
    ],
)
def test_given_a_date_in_some_form_when_read_then_it_is_iso_8601_or_unknown(
    tmp_path: Path, given: str, text: str | None
) -> None:
    a_folder(tmp_path, {"a.md": f"---\npublished: {given}\n---\nIt is over."})

    published = the_article(tmp_path).published

    assert (published.text if published else None) == text


def test_given_a_page_when_read_then_its_text_and_details_are_those_of_the_article(tmp_path: Path) -> None:
    a_folder(tmp_path, {"page.html": PAGE})

    article = the_article(tmp_path)

    assert article.outlet == "The Courier"
    assert "Ban lifted" in article.title
    assert "lifted the ban on Monday" in article.text
    assert not any(word in article.text for word in ("alert", "steal", "Home", "<"))


def test_given_sources_csv_when_read_then_it_fills_plain_texts_but_not_over_front_matter(tmp_path: Path) -> None:
    a_folder(
        tmp_path,
        {
            "sources.csv": "\ufefffile;title;outlet;published;url;invented\n"
            "a.txt;Ban lifted;The Courier;2026-05-20;https://example.org/a;yes\n"
            "b.md;Ban stays;The Herald;2026-05-21;;\n",
            "a.txt": "It is over.",
            "b.md": "---\noutlet: The Gazette\n---\nIt is not over.",
            "deeper/sources.csv": "file,source\nc.txt,The Star\n",
            "deeper/c.txt": "Who knows?",
        },
    )

    a, b, c = articles(tmp_path)

    assert (a.title, a.outlet, a.invented, a.identity) == ("Ban lifted", "The Courier", True, "https://example.org/a")
    assert a.published is not None
    assert (b.title, b.outlet, b.invented, b.identity) == ("Ban stays", "The Gazette", False, "b.md")
    assert (c.outlet, c.identity) == ("The Star", "deeper/c.txt")


def test_given_sources_csv_with_a_bad_row_when_read_then_that_row_is_told_and_the_rest_used(tmp_path: Path) -> None:
    a_folder(
        tmp_path,
        {"sources.csv": "file,outlet,invented\na.txt,The Courier,perhaps\nb.txt,The Herald,no\n", "b.txt": "It is so."},
    )

    skipped, article = read_folder(tmp_path)

    assert skipped == Skipped("sources.csv", "row 2 cannot be read")
    assert isinstance(article, Article)
    assert article.outlet == "The Herald"


def test_given_files_of_one_name_when_read_then_their_ids_differ_and_identities_are_paths(tmp_path: Path) -> None:
    names = ("a.md", "a.txt", "a-2.txt", "b/a.txt")
    a_folder(tmp_path, {name: f"It is {name}." for name in names})

    found = {article.identity: article.id for article in articles(tmp_path)}

    assert found == {"a-2.txt": "a-2", "a.md": "a", "a.txt": "a-3", "b/a.txt": "a-4"}


@pytest.mark.parametrize(
    "content",
    [
        "“Über £3bn” – naïve.".encode(),
        "“Über £3bn” – naïve.".encode("utf-8-sig"),
        "“Über £3bn” – naïve.".encode("utf-16"),
        b"\xfe\xff" + "“Über £3bn” – naïve.".encode("utf-16-be"),
        "“Über £3bn” – naïve.".encode("cp1252"),
    ],
)
def test_given_any_usual_encoding_when_read_then_the_text_is_the_same(tmp_path: Path, content: bytes) -> None:
    a_folder(tmp_path, {"a.txt": content})

    assert the_article(tmp_path).text == "“Über £3bn” – naïve."


def test_given_one_broken_byte_in_utf_8_when_read_then_the_rest_stays_right(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.txt": "“Über £3bn” – naïve.".encode() + b" \xff End."})

    assert the_article(tmp_path).text == "“Über £3bn” – naïve. \ufffd End."


def test_given_hidden_characters_when_read_then_they_are_taken_out_before_offsets(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.txt": "\r\nIt\0 is\u202e over\u200b.\r\n\r\nIt\x1b is\U000e0041 n\u00adot.\r"})

    article = the_article(tmp_path)

    assert article.text == "It is over.\n\nIt is not."
    assert [s.text for s in article.sentences] == ["It is over.", "It is not."]


# Twenty times twenty … times two letters, were its aliases followed.
A_BOMB = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]" for n in range(1, 9)), "title: [*a8]"]
)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n\t ", "it is empty"),
        ("a.txt", "\ufeff\u200b…".encode(), "it holds no text"),
        ("a.txt", b"a" * (MAX_TEXT_BYTES + 1), "it is larger than 1 MB"),
        ("a.md", b"[" * (MAX_MARKDOWN_BYTES + 1), "it is larger than 0.25 MB"),
        ("a.txt", bytes(range(256)) * 10, "it is not a text file"),
        ("a.txt", b"%PDF-1.7 and so on", "it is not a text file"),
        ("a.docx", b"PK\x03\x04", "only .txt, .md and .html files are read"),
        ("a.md", "---\ntitle: [unclosed\n---\nText.", "its front matter cannot be read"),
        ("a.md", "---\n- a\n- b\n---\nText.", "its front matter cannot be read"),
        ("a.md", "---\ntitle: " + "[" * 5_000 + "\n---\nText.", "its front matter cannot be read"),
        ("a.md", f"---\n{A_BOMB}\n---\nText.", "its front matter cannot be read"),
        ("a.md", "---\ntitle: Only a title\n---\n", "it holds no text"),
        ("a.html", "<html><body></body></html>", "no article was found in the page"),
    ],
)
def test_given_a_file_that_is_no_article_when_read_then_it_is_skipped_with_the_reason(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    a_folder(tmp_path, {name: content})

    assert the_reason(tmp_path) == reason


def test_given_one_bad_file_when_read_then_the_others_still_come(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.txt": "One.", "b.txt": b"", "c.txt": "Three."})
    (tmp_path / "d.txt").symlink_to(tmp_path / "gone.txt")
    os.mkfifo(tmp_path / "e.txt")

    a, b, c, d, e = read_folder(tmp_path)

    assert isinstance(a, Article)
    assert isinstance(c, Article)
    assert b == Skipped("b.txt", "it is empty")
    assert d == Skipped("d.txt", "it cannot be opened")
    assert e == Skipped("e.txt", "it is not a file")


def test_given_hidden_and_data_files_when_read_then_they_are_passed_over(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.txt": "One.", ".secret.txt": "No.", ".git/x.txt": "No.", "questions.json": "[]"})

    assert the_article(tmp_path).id == "a"


def test_given_a_name_that_is_no_text_when_read_then_the_id_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("One.")

    article = the_article(tmp_path)

    assert article.id == "caf?"


def test_given_a_single_file_when_read_then_it_is_the_article(tmp_path: Path) -> None:
    a_folder(tmp_path, {"a.txt": "One.", "b.txt": "Two.", "sources.csv": "file,outlet\na.txt,The Courier\n"})

    article = the_article(tmp_path / "a.txt")

    assert (article.id, article.outlet, article.identity) == ("a", "The Courier", "a.txt")


def test_given_no_such_folder_when_read_then_it_is_wrong_use_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as caught:
        read_folder(tmp_path / "missing")

    assert not isinstance(caught.value, UnreadableCoverage)


def test_given_an_empty_folder_when_read_then_there_is_nothing(tmp_path: Path) -> None:
    assert articles(tmp_path) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the five articles are not in the repository")
def test_given_the_five_articles_when_read_then_every_sentence_is_whole() -> None:
    found = articles(SHARED)

    assert [len(article.sentences) for article in found] == [43, 37, 26, 42, 29]
    assert all(s.text.endswith((".", "?", ".'", ".’", '."', ".”")) for a in found for s in a.sentences)
