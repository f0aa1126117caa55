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
_HIDING = re.compile(
    # not ``font-size:0``: newsletters set it on every outer cell and set it back inside
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|!|$)"
    r"|max-height\s*:\s*0[^;]{0,5};.{0,200}?overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden.{0,200}?max-height\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
)
_TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:\s[a-z-]+="[^"]*")*)\s*/?>|[^<]+|<')
_MARK = re.compile(r'\s(?:style|hidden)="[^"]*"')
_VOID = {"br", "hr", "img"}


def sanitise(source: str) -> str:
    """The HTML that may be shown: few tags, no styles, no pictures, nothing loaded; "" for none.

    Pictures leave their alternative text; links lead to http, https, mailto and tel only.
    """
    out = "".join(_MARK.sub("", token) for token, *_ in visible(source))
    return out.strip()


def visible(source: str) -> Iterator[tuple[str, bool, str, str]]:
    """The tokens of the cleaned HTML outside hidden elements: text, closing, tag, attributes."""
    hidden, stack = 0, 0
    for found in _TOKEN.finditer(_cleaned(source)):
        token = found.group()
        closing, tag, attributes = found.group(1) == "/", found.group(2) or "", found.group(3)
        if hidden:
            if tag and tag not in _VOID:
                stack += -1 if closing else 1
            hidden = stack
            continue
        if attributes and _MARK.search(attributes):
            hidden = stack = int(tag not in _VOID)
            continue
        yield token, closing, tag, attributes or ""


def _cleaned(source: str) -> str:
    return nh3.clean(
        source[:MAX_HTML].replace("\0", ""),
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return "hidden" if _HIDING.search(value[:2000]) else None
    return value
