"""Pages and feeds as sites serve them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STORY = (
    "The government lifted the ban on Monday after months of talks with its allies.",
    "Ministers said that firms would be free to trade from June, though some doubt it.",
    "Exporters welcomed the news, and the pound rose against the dollar.",
)


def a_page(*paragraphs: str, title: str = "Ban lifted", head: str = "", site: str = "The Courier") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or STORY)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title>"
        f"<meta property='og:site_name' content='{site}'>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{text}</article></body></html>"
    )


def an_item(url: str, title: str = "Ban lifted", summary: str = "It is over.", published: str = "") -> str:
    date = f"<pubDate>{published}</pubDate>" if published else ""
    return f"<item><title>{title}</title><link>{url}</link><description>{escape(summary)}</description>{date}</item>"


def rss(items: Sequence[str], title: str = "The Courier") -> str:
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{title}</title>"
        f"<link>https://example.org/</link>{''.join(items)}</channel></rss>"
    )
