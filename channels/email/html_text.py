"""HTML as a person reads it, in plain text (providers.md §13.5).

Read off the regular output of nh3 in one pass, in time proportional to the input: inscriptis, a
library for this, takes twice as long and pads the cells of layout tables into wide columns.
"""

from __future__ import annotations

import html
import re

from channels.email.charsets import clean
from channels.email.html import TOKEN
from channels.email.limits import MAX_TEXT

_BLOCKS_WORDS = (
    "address article aside blockquote caption center dd div dl dt figure footer h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section table tr ul"
)
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"}
_HREF = re.compile(r'\shref="([^"]*)"')
_ALT = re.compile(r'\salt="([^"]*)"')
_LONGEST_LINK = 500
_DEEPEST_QUOTE = 20
_MANY_BREAKS = re.compile(r"\n{3,}")


def to_plain(sanitised: str) -> str:
    """What a person reads of it: link targets and table cells kept, quotes marked with ``>``.

    Takes what ``html.sanitise`` returned, and nothing else: it relies on its regular form.
    """
    writer = _Writer()
    for found in TOKEN.finditer(sanitised):
        token, closing, tag = found.group(), found.group(1), found.group(2)
        if not tag:
            writer.words(html.unescape(token))
        elif closing:
            writer.close(tag)
        else:
            writer.open(tag, found.group(3))
    return writer.finish()


class _Writer:
    """Text as it grows: blocks begin on new lines, spaces collapse outside ``pre``.

    A break that a block asks for is made when the next words come, so that blocks inside each
    other ask once, and a paragraph that fills a table cell does not tear its row apart.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._due = 0
        self._quote = 0
        self._pre = 0
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []
        self._between = False
        self._fresh = False

    def words(self, text: str) -> None:
        """Text between tags."""
        if self._pre:
            first, *rest = text.split("\n")
            self._put(first)
            for line in rest:
                self._break()
                self._put(line)
            return
        words = " ".join(text.replace("\xa0", " ").split())
        open_end = self._line and not self._due and not self._line[-1].endswith((" ", "\t"))
        lead = " " if text[:1].isspace() and open_end else ""
        if words:
            self._put(f"{lead}{words}{' ' if text[-1].isspace() else ''}")
        elif lead:
            self._line.append(" ")

    def open(self, tag: str, attributes: str) -> None:
        """A tag that begins, or stands alone."""
        if tag in _BLOCKS:
            self._ask(tag)
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._put("-" * 20)
            self._ask(tag)
        elif tag == "a":
            href = _HREF.search(attributes)
            since = 0 if self._due else len(self._line)
            self._links.append((html.unescape(href.group(1)) if href else "", since))
        elif tag == "img":
            alt = _ALT.search(attributes)
            self.words(f"[{html.unescape(alt.group(1))}]" if alt and alt.group(1).strip() else "")
        else:
            self._enter(tag)

    def _enter(self, tag: str) -> None:
        if tag == "li":
            number = self._lists[-1] if self._lists else 0
            if number:
                self._lists[-1] += 1
            self._put(f"{number}. " if number else "* ")
        elif tag in ("ul", "ol"):
            self._lists.append(int(tag == "ol"))
        elif tag in ("td", "th"):
            if self._between and self._line:
                self._due = 0
                self._line.append("\t")
                self._fresh = True
            self._between = False
        elif tag == "blockquote":
            self._end_line()
            self._quote += 1
        elif tag == "pre":
            self._pre += 1

    def close(self, tag: str) -> None:
        """A tag that ends."""
        if tag == "a" and self._links:
            self._link(*self._links.pop())
        elif tag in ("td", "th"):
            self._between = True
            self._fresh = False
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._end_line()
            self._quote = max(0, self._quote - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag == "tr":
            self._between = False
        if tag in _BLOCKS:
            self._ask(tag)

    def finish(self) -> str:
        """All of it, at most one empty line in a row."""
        self._end_line()
        return _MANY_BREAKS.sub("\n\n", clean("\n".join(self._lines))).strip("\n ")[:MAX_TEXT]

    def _put(self, text: str) -> None:
        if text:
            self._flush()
            self._line.append(text)
            self._fresh = False

    def _ask(self, tag: str) -> None:
        """A block begins or ends: the next words go on a new line, or below an empty one."""
        if not self._fresh:
            self._due = max(self._due, 2 if tag in _SPACED else 1)

    def _flush(self) -> None:
        if self._due:
            self._end_line()
            if self._due > 1 and self._lines and self._lines[-1].strip("> "):
                self._lines.append(self._margin().rstrip())
            self._due = 0

    def _break(self) -> None:
        """A line ends here, be it empty."""
        self._flush()
        self._lines.append((self._margin() + "".join(self._line)).rstrip())
        self._restart()

    def _end_line(self) -> None:
        """The line so far ends, if there is one."""
        if "".join(self._line).strip():
            self._lines.append((self._margin() + "".join(self._line)).rstrip())
        self._restart()

    def _restart(self) -> None:
        self._line = []
        self._links = [(href, 0) for href, _ in self._links]

    def _margin(self) -> str:
        return "> " * min(self._quote, _DEEPEST_QUOTE)

    def _link(self, href: str, since: int) -> None:
        """The target behind the words, unless the words are the target already."""
        target = href.partition(":")[2] if href.startswith(("mailto:", "tel:")) else href
        shown = "".join(self._line[since:])
        bare = target.removeprefix("https://").removeprefix("http://").strip("/")
        if bare and bare not in shown and len(href) <= _LONGEST_LINK and shown.strip():
            space = "" if shown.endswith(" ") else " "
            self._line.append(f"{space}<{target}>{' ' if shown.endswith(' ') else ''}")
