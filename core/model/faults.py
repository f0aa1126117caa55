"""What is wrong with a document, as values: programs read the English, pages say it in theirs.

A fault is a sentence with places and what stands in them. The sentence as it is written in the
code is the key under which a page finds its own words (console/staff/admin/faults.py).
"""

from __future__ import annotations

from core.model.value import value


@value
class Fault:
    """One thing that is wrong with a document.

    Attributes:
        words: English, with places such as ``%(key)s``.
        given: what stands in each of them.
        document: whose line is named, "" for none.
        line: where, from 1; 0 when it is about the whole.
    """

    words: str
    given: tuple[tuple[str, object], ...] = ()
    document: str = ""
    line: int = 0

    @property
    def key(self) -> str:
        """The key of the document that it is about, "" for none."""
        return str(dict(self.given).get("key", ""))

    def __str__(self) -> str:
        told = self.words % dict(self.given) if self.given else self.words
        return f"{self.document}, line {self.line}: {told}" if self.document else told


def fault(words: str, **given: object) -> Fault:
    """A fault about the whole of a document, or about its ``key``."""
    return Fault(words, tuple(given.items()))


class DocumentError(ValueError):
    """A document that cannot be trusted; its text is that of the faults, one a line."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(one) for one in faults))
        self.faults = faults
