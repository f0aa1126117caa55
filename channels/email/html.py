"""HTML made harmless (providers.md §13.5, threats.md rows 34, 41).

nh3, a real HTML parser written in Rust, closes what is open and drops scripts, styles and all that
is not on a short list. What a browser would not show (hidden elements, preheaders) goes too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nh3

from channels.email.limits import MAX_HTML

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS_WORDS = (
    "a abbr b blockquote br caption center code dd del div dl dt em font h1 h2 h3 h4 h5 h6 "
    "hr i img ins li ol p pre q s small span strike strong sub sup table tbody td tfoot th "
    "thead tr tt u ul address article section header footer main nav aside figure"
)
_TAGS = frozenset(_TAGS_WORDS.split())
_DROPPED_WORDS = (
    "script style title head template noscript svg math object iframe frame frameset applet "
    "audio video canvas map select datalist xml"
)
_DROPPED = frozenset(_DROPPED_WORDS.split())
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "*": {"style", "hidden"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_TARGETS = ("http://", "https://", "mailto:", "tel:")
_HIDING = re.compile(
    # not ``font-size:0``: newsletters set it on every outer cell and set it back inside
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|!|$)"
    r"|max-height\s*:\s*0[^;]{0,5};.{0,200}?overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden.{0,200}?max-height\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
)
TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:\s[a-z-]+="[^"]*")*)\s*/?>|[^<]+|<')
_MARK = re.compile(r'\s(?:style|hidden)="[^"]*"')
_OPENS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})[^<>]{0,2000}>")
_FLAT_WORDS = "p li td th tr dt dd option br hr img input meta link col area base"
_FLAT = frozenset(_FLAT_WORDS.split())
"""Tags that close themselves where the next one opens (HTML §13.1.2.4), or have no end."""

_DEEPEST = 400
"""Elements within elements; no mail needs so many, and a parser's time grows by their square."""

VOID = frozenset(("br", "hr", "img"))
"""Tags without an end."""


def sanitise(source: str) -> str:
    """The HTML that may be shown: few tags, no styles, no pictures, nothing loaded; "" for none.

    Pictures leave their alternative text; links lead to http, https, mailto and tel only. The
    result is regular: every tag closed, attributes in double quotes, ``TOKEN`` reads all of it.
    """
    cleaned = nh3.clean(
        _shallow(source[:MAX_HTML].replace("\0", "")),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return ("".join(_visible(cleaned)) if _MARK.search(cleaned) else cleaned).strip()


def _shallow(source: str) -> str:
    """The same without the tags, not the text, of what is nested too deep."""
    if source.count("<") <= _DEEPEST:
        return source
    out: list[str] = []
    at = depth = 0
    for found in _OPENS.finditer(source):
        if found.group(2).lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if found.group(1) else depth + 1
        if depth + bool(found.group(1)) > _DEEPEST:
            out += (source[at : found.start()], " ")
            at = found.end()
    return "".join(out) + source[at:]


def as_html(plain: str) -> str:
    """Plain text as HTML that shows it as it is."""
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{escaped}</pre>" if plain.strip() else ""


def _visible(cleaned: str) -> Iterator[str]:
    """The tokens outside hidden elements."""
    depth = 0
    for found in TOKEN.finditer(cleaned):
        token, tag, attributes = found.group(), found.group(2), found.group(3)
        if depth:
            if tag and tag not in VOID:
                depth += -1 if found.group(1) else 1
        elif attributes and _MARK.search(attributes):
            depth = int(tag not in VOID)
        else:
            yield token


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    """Keeps a style only as the mark that it hides its element; ``_visible`` drops those."""
    if attribute == "style":
        return "hidden" if _HIDING.search(value[:2000]) else None
    if attribute == "href" and not value.lower().startswith(_TARGETS):
        return None  # a place in the mail itself, or on our own server
    return value
