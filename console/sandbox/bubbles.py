"""What a phone of the sandbox shows: the conversation as the office keeps it, without any I/O."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console import wording
from core.model.gsm7 import segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from console.sandbox.phone import SentFile
    from console.sandbox.phones import Kind
    from core.model.views import ThreadEntry

_SHOWN = 2000
_NUMBER = re.compile(r"\b([A-Z]{2,3}[0-9]{2}-[0-9]{6,9}-[0-9])\b")
_PLAIN = {"in_doubt": "Sedang dipastikan", "handed_over": "Diserahkan", "queued": "Antre"}
"""States that the shared words tell of a telephone network, told without one."""

_TICKS = {"handed_over": "✓", "sent": "✓", "delivered": "✓✓", "read": "✓✓"}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on the simulated phone.

    Attributes:
        mine: written by the holder of the phone.
        pieces: the text with every second piece a ticket number, never to be broken apart.
        facts: small print under the text: parts, encoding.
        state: delivery words of a reply.
        trouble: it did not or may not arrive.
        silence: why no reply leaves, "" when one does.
        ticks: as phones draw it; the words stand beside.
        read: the recipient has opened it.
        files: what came with it.
        copies: how often it reached the phone, where that was more than once.
    """

    id: int
    mine: bool
    pieces: tuple[str, ...]
    time: str
    iso: str
    number: str
    facts: str
    state: str
    ticks: str
    read: bool
    trouble: bool
    silence: str
    files: tuple[SentFile, ...] = ()
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """What a phone itself knows, oldest first.

    Attributes:
        files: what it sent with its messages.
        got: what reached it with those of the office.
        received: the words of all that reached it.
    """

    files: Sequence[SentFile] = ()
    got: Sequence[SentFile] = ()
    received: Sequence[str] = ()


def bubbles(
    entries: Sequence[ThreadEntry], held: Held, kind: Kind, zone: ZoneInfo
) -> list[Bubble]:
    """The conversation as the phone shows it, oldest first.

    Args:
        entries: what the office keeps of it, oldest first.
        held: what the phone knows.
        kind: of phone.
        zone: of all times.
    """
    found = paired(entries, [file.text for file in held.files])
    files = {entry.id: (held.files[place],) for entry, place in found}
    copies, got = _copies(entries, held.received), _got(entries, held.got)
    return [
        replace(bubble(entry, zone, kind), files=files.get(entry.id, ()))
        if entry.inbound
        else replace(
            bubble(entry, zone, kind),
            copies=copies.get(entry.id, 1),
            files=got.get(entry.id, ()),
        )
        for entry in entries
    ]


def _got(
    entries: Sequence[ThreadEntry], files: Sequence[SentFile]
) -> dict[int, tuple[SentFile, ...]]:
    """Files by the reply they came with; of replies with equal words the last."""
    replies = {" ".join(entry.text.split()): entry.id for entry in entries if not entry.inbound}
    found: dict[int, tuple[SentFile, ...]] = {}
    for file in files:
        reply = replies.get(" ".join(file.text.split()))
        if reply is not None:
            found[reply] = (*found.get(reply, ()), file)
    return found


def _copies(entries: Sequence[ThreadEntry], received: Sequence[str]) -> dict[int, int]:
    """How often replies came that came more than once; of replies with equal words the last."""
    replies = {entry.text: entry.id for entry in entries if not entry.inbound}
    promised = Counter(entry.text for entry in entries if not entry.inbound)
    came = Counter(received)
    return {
        entry_id: 1 + came[text] - promised[text]
        for text, entry_id in replies.items()
        if came[text] > promised[text]
    }


def bubble(entry: ThreadEntry, zone: ZoneInfo, kind: Kind) -> Bubble:
    """One entry of the conversation, as the phone shows it."""
    own = "✓✓" if kind.ticks else ""
    return Bubble(
        id=entry.id,
        mine=entry.inbound,
        pieces=tuple(_NUMBER.split(shortened(entry.text))),
        time=wording.clock_time(entry.at, zone),
        iso=entry.at.isoformat(),
        number=entry.number or "",
        facts=_facts(entry, kind),
        state=state_words(entry, parts=kind.parts),
        ticks=own if entry.inbound else _TICKS.get(entry.state, ""),
        read=entry.state == "read",
        trouble=entry.state in ("dead", "failed", "held", "in_doubt"),
        silence=entry.silence,
    )


def paired(entries: Sequence[ThreadEntry], texts: Sequence[str]) -> list[tuple[ThreadEntry, int]]:
    """What came in, each with the place of its text among those sent; both oldest first.

    The office does not keep our simulated providers' ids where pages read; so the last ones are
    matched first, in order, by their words.
    """
    found, place = [], len(texts) - 1
    for entry in reversed(entries):
        if not entry.inbound or place < 0:
            continue
        wanted = " ".join(entry.text.split())
        match = next(
            (at for at in range(place, -1, -1) if " ".join(texts[at].split()) == wanted), None
        )
        if match is not None:
            found.append((entry, match))
            place = match - 1
    return found


def _facts(entry: ThreadEntry, kind: Kind) -> str:
    if entry.inbound:
        return wording.OUTCOMES[entry.outcome.value] if entry.outcome else ""
    if not kind.parts:
        return ""
    counted = segments(entry.text)
    encoding = "GSM-7" if counted.encoding == "gsm7" else "UCS-2"
    return f"{entry.segments or counted.parts} SMS · {encoding}"


def state_words(entry: ThreadEntry, *, parts: bool) -> str:
    """How far a reply got, with the reason where there is one; "" for what came in.

    Args:
        entry: of a conversation.
        parts: it goes through a telephone network.
    """
    if entry.inbound:
        return ""
    plain = {} if parts else _PLAIN
    words = plain.get(entry.state) or wording.DELIVERY.get(entry.state, entry.state)
    return f"{words}: {entry.reason}" if entry.reason else words


def shortened(text: str) -> str:
    """The beginning of a long text, with a word that there is more."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … (dipotong di layar)"
