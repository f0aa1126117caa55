"""How many clicks a form or link of a page is away, for somebody without script."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.console.staff.kit import Page

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"})


@dataclass
class _Reader(HTMLParser):
    """Forms by their address, each with the folds around it that are closed."""

    found: dict[str, int] = field(default_factory=dict)
    open_tags: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("form", "a"):
            name = "action" if tag == "form" else "href"
            closed = sum(fold for _, fold in self.open_tags)
            self.found.setdefault(str(told.get(name) or ""), closed + 1)
        if tag not in VOID:
            self.open_tags.append((tag, tag == "details" and "open" not in told))

    def handle_endtag(self, tag: str) -> None:
        while self.open_tags and self.open_tags.pop()[0] != tag:
            pass


def clicks(page: Page) -> dict[str, int]:
    """Address → clicks on this page: one for each fold to open, and one to send or to follow.

    Choosing in a list and typing are what a form asks for, no clicks to get there.
    """
    reader = _Reader()
    reader.feed(page.text)
    return reader.found
