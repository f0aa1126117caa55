"""Holds anchors against the histories that pass: what was bound once must still be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.audit import (
    BUCKET,
    AnchorDigest,
    Finding,
    Head,
    Wrong,
    digest_of_heads,
    house_heads,
    house_part,
    number_of,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from core.model.audit import Anchor, AnchorPart, Entry

ALTERED: Final = "was altered"
UNLINKED: Final = "does not follow the one before: an anchor was removed, or written anew"
MISSING: Final = "is not there any more"
OTHER: Final = "is not the one that was written down"


class AnchorCheck:
    """Takes the parts in the order of bucket and day, each bucket's histories, then the anchors.

    Args:
        prefix: of numbers that only an anchor still knows.
        report: takes what is found.
    """

    def __init__(self, prefix: str, report: Callable[[Finding], None]) -> None:
        self._prefix, self._report = prefix, report
        self._digests: dict[date, AnchorDigest] = {}

    def sought(self, parts: Sequence[AnchorPart]) -> dict[int, dict[int, bytes]]:
        """What the histories of one bucket must hold: ticket → seq → first signs of the hash."""
        wanted: dict[int, dict[int, bytes]] = {}
        for part in parts:
            self._pass(part)
            for entry in unpacked(part):
                wanted.setdefault(entry.ticket_id, {})[entry.seq] = entry.brief
        return wanted

    def _pass(self, part: AnchorPart) -> None:
        self._digests.setdefault(part.day, AnchorDigest()).add(part)

    def compare(
        self,
        parts: Sequence[AnchorPart],
        found: Mapping[int, Mapping[int, bytes]],
        numbers: Mapping[int, str],
    ) -> None:
        """One bucket's parts with what its histories hold.

        Args:
            parts: as given to :meth:`sought`.
            found: what that returned, filled by the histories.
            numbers: of the tickets that have a history.
        """
        told: set[int] = set()
        for part in reversed(parts):  # the newest knows most of what a ticket had
            entries = list(unpacked(part))
            heads = [
                Head(one.ticket_id, one.seq, found[one.ticket_id][one.seq]) for one in entries
            ]
            whole = True
            for entry, head in zip(entries, heads, strict=True):
                if (wrong := _wrong(entry, head, numbers)) is not None:
                    whole = False
                    if entry.ticket_id not in told:
                        told.add(entry.ticket_id)
                        whose = numbers.get(entry.ticket_id)
                        whose = whose or number_of(entry.ticket_id, self._prefix)
                        self._report(Finding(wrong, whose, entry.seq, day=part.day))
            if whole and digest_of_heads(heads) != part.digest:
                first = number_of(part.bucket * BUCKET, self._prefix)
                self._report(Finding(Wrong.PART, f"from {first} on", day=part.day))

    def house(self, parts: Sequence[AnchorPart]) -> set[tuple[str, int, str]]:
        """What the house's chains must hold."""
        wanted: set[tuple[str, int, str]] = set()
        for part in parts:
            self._pass(part)
            if house_part(part.day, house_heads(part)) != part:
                self._report(Finding(Wrong.PART, "of the house", day=part.day))
            wanted.update(house_heads(part))
        return wanted

    def compare_house(
        self, parts: Sequence[AnchorPart], found: Collection[tuple[str, int, str]]
    ) -> None:
        """The house's parts with what its chains hold."""
        told: set[str] = set()
        for part in reversed(parts):
            for subject, seq, head in house_heads(part):
                if (subject, seq, head) not in found and subject not in told:
                    told.add(subject)
                    self._report(Finding(Wrong.REWRITTEN, subject, seq, day=part.day))

    def conclude(self, anchors: Sequence[Anchor], before: Anchor | None) -> None:
        """All anchors looked at, in order, once every part has passed.

        Args:
            anchors: in the order of their days.
            before: the one before the first of them; None: there is none.
        """
        previous = before.digest if before else ""
        for anchor in anchors:
            digest = self._digests.get(anchor.day, AnchorDigest()).of(anchor)
            if anchor.previous != previous:
                self._report(Finding(Wrong.ANCHOR, UNLINKED, day=anchor.day))
            if digest != anchor.digest:
                self._report(Finding(Wrong.ANCHOR, ALTERED, day=anchor.day))
            previous = anchor.digest
        for day in sorted(self._digests.keys() - {anchor.day for anchor in anchors}):
            self._report(Finding(Wrong.ANCHOR, MISSING, day=day))


def _wrong(entry: Entry, head: Head, numbers: Mapping[int, str]) -> Wrong | None:
    if entry.ticket_id not in numbers:
        return Wrong.GONE
    if head.hash == entry.brief:  # nothing was found in its place
        return Wrong.REMOVED
    return None if head.hash.startswith(entry.brief) else Wrong.REWRITTEN


def not_as_written_down(
    anchors: Sequence[Anchor], written_down: Mapping[date, str]
) -> list[Finding]:
    """Anchors that were exported once, and are gone or different now."""
    here = {anchor.day: anchor.digest for anchor in anchors}
    return [
        Finding(Wrong.ANCHOR, OTHER if day in here else MISSING, day=day)
        for day, digest in sorted(written_down.items())
        if here.get(day) != digest
    ]
