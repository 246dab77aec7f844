"""One address for one article: tracking parameters, AMP forms and other accidents of a link are taken off."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from bot.errors import UnreadableCoverage

MAX_URL_CHARACTERS = 2_000

_TRACKING = re.compile(
    r"(?:utm_|at_|mc_|pk_|piwik_|matomo_|mtm_|hsa_|_hs|ns_|ito$|icid$|ocid$|cmp$|cmpid$|ncid$|sref$|ref$|ref_src$"
    r"|ref_url$|referrer$|smid$|smtyp$|xtor$|fbclid$|gclid$|gclsrc$|gbraid$|wbraid$|dclid$"
    r"|msclkid$|yclid$|twclid$|ttclid$|igshid$|igsh$|li_fat_id$|mkt_tok$|vero_id$|oly_enc_id$|oly_anon_id$|_ga$|_gl$"
    r"|s_cid$|spm$|traffic_source$|wt_mc$|wt\.mc_id$|taid$|amp$|outputtype$|guccounter$"
    r"|guce_referrer$|guce_referrer_sig$|__twitter_impression$|amp_js_v$|usqp$|__source$)",
    re.IGNORECASE,
)
_AMP_FORM = re.compile(r"/amp(?:\.html)?(?=/|$)|\.amp(?=\.html?$|$)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"(?:google(?:\.[a-z]{2,3}){1,2}/amp|cdn\.ampproject\.org/[a-z])/(?:s/)?(?P<rest>[^/]+\..+)$")
_MIRROR = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\..)")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB = ("http", "https")
# What may stand in a path or query as it is; all else is percent-encoded, and what was needlessly encoded is kept.
_SAFE = "/%:@!$&'()*+,;=~-._"
_BYTES = "surrogateescape"  # what is no UTF-8, in a header or percent-encoded, stays the byte that it is


def web_url(url: str, *, base: str = "") -> str:
    """An address that may be fetched or shown: http or https with a host; relative ones are joined to `base`.

    Fragment and surrounding white space are dropped, the host is lower-case ASCII. Raises UnreadableCoverage where
    it is anything else: another scheme (`javascript:`, `file:`, `data:`), a user name, no host, too long.
    """
    cleaned = _bounded(re.sub(r"[\t\r\n]", "", url.strip()))
    try:
        parts = urlsplit(urljoin(base, cleaned))
        host, port = _ascii_host(parts.hostname or ""), parts.port
        path = quote(parts.path or "/", safe=_SAFE, errors=_BYTES)
        query = quote(parts.query, safe=_SAFE + "?", errors=_BYTES)
    except ValueError as error:
        raise UnreadableCoverage("its address cannot be read") from error
    if parts.scheme not in _WEB:
        raise UnreadableCoverage("its address is not one of the web (http or https)")
    if not _HOST.fullmatch(host):
        raise UnreadableCoverage("its address names no host that could be")
    if parts.username is not None:
        raise UnreadableCoverage("its address holds a user name")
    shown_host = f"[{host}]" if ":" in host else host
    authority = shown_host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{shown_host}:{port}"
    # Letters beyond ASCII take up to twelve characters once they are encoded, and so they are kept.
    return _bounded(urlunsplit((parts.scheme, authority, path, query, "")))


def canonical_url(url: str) -> str:
    """The one address of an article, by which a second meeting with it is known. Not meant for fetching.

    https for http, no `www.`, `m.` or `amp.` before the host, no tracking parameters, the rest of them sorted, no AMP
    form, no trailing slash. Raises UnreadableCoverage as `web_url` does.
    """
    parts = urlsplit(web_url(url))
    if cached := _AMP_CACHE.search(parts.netloc + parts.path):
        host, _, path = cached["rest"].partition("/")  # newer Pythons take `//host` in a path for a path
        return canonical_url(urlunsplit(("https", host, path, parts.query, "")))
    path = _AMP_FORM.sub("", re.sub(r"/{2,}", "/", unquote(parts.path, errors=_BYTES))).rstrip("/") or "/"
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors=_BYTES)
        if not _TRACKING.match(name) and value.lower() != "amp"
    )
    host = _MIRROR.sub("", parts.netloc)
    path = quote(path, safe=_SAFE.replace("%", ""), errors=_BYTES)
    return urlunsplit(("https", host, path, urlencode(kept, errors=_BYTES), ""))


def host_of(url: str) -> str:
    """The host as a person would write it, without `www.`; empty where there is none."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host, or of a host and a part of it (amp.example.org, example.org)."""
    a, b = host_of(one), host_of(other)
    return bool(a and b) and (a == b or a.endswith(f".{b}") or b.endswith(f".{a}"))


def _bounded(url: str) -> str:
    if len(url) > MAX_URL_CHARACTERS:
        raise UnreadableCoverage(f"its address is longer than {MAX_URL_CHARACTERS:,} characters")
    return url


def _ascii_host(host: str) -> str:
    """Raises ValueError for a name that no resolver takes: with an empty part, or one of more than 63 letters."""
    return host.rstrip(".").encode("idna").decode("ascii")
