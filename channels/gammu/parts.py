"""Parts of long texts: joined when they come in, cut when they go out.

A part's place stands in its user data header (3GPP TS 23.040 §9.2.3.24.1 and .8). Parts are
joined as UTF-16 units before they become text: a border may go through an emoji.
"""

from __future__ import annotations

from binascii import Error, unhexlify
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from channels.local_sms import coding
from core.model.cleaning import without_nul
from core.model.gsm7 import EXTENSION, segments
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from channels.gammu.rows import InboxRow

GSM7: Final = "Default_No_Compression"
UCS2: Final = "Unicode_No_Compression"
_EIGHT_BIT: Final = "8bit"

_SHORT_REFERENCE, _LONG_REFERENCE = 0x00, 0x08
_SEPTETS, _UNITS = 153, 67
_ONE_UNIT = 0xFFFF
_EARLIEST_YEAR = 2000


@value
class Place:
    """Where a part belongs: which text of its sender, how many parts, which of them."""

    reference: int
    total: int
    position: int


@value
class IncomingText:
    """A text as it lies in the inbox, one row or several.

    Attributes:
        rows: of one text, by position.
        total: parts that it should have.
    """

    rows: tuple[InboxRow, ...]
    total: int = 1

    @property
    def whole(self) -> bool:
        """Whether no part is missing."""
        return len(self.rows) == self.total

    @property
    def key(self) -> tuple[int, ...]:
        """The rows, to tell a growing text from another one."""
        return tuple(row.id for row in self.rows)


@value
class OutgoingPart:
    """One SMS as Gammu's tables want it.

    Attributes:
        coded: the text in hexadecimal digits of UTF-16, whatever the coding.
        udh: hexadecimal digits, "" for a text of one part.
    """

    text: str
    coded: str
    coding: str
    udh: str = ""


def place_of(udh: str) -> Place | None:
    """What a header says about the part's place; None: the text has one part."""
    try:
        header = unhexlify(udh.strip())
    except (Error, ValueError):
        return None
    elements = header[1:]
    while len(elements) > 1:
        kind, length = elements[0], elements[1]
        data, elements = elements[2 : 2 + length], elements[2 + length :]
        if (kind, len(data)) in ((_SHORT_REFERENCE, 3), (_LONG_REFERENCE, 4)):
            *reference, total, position = data
            if 1 <= position <= total and total > 1:
                return Place(int.from_bytes(bytes(reference), "big"), total, position)
    return None


def grouped(rows: Iterable[InboxRow]) -> list[IncomingText]:
    """Rows as texts, in the order in which each text began.

    References are short and come again: a second part with the same place begins another text.
    """
    texts: list[dict[int, InboxRow]] = []
    totals: list[int] = []
    growing: dict[tuple[str, str, int, int], int] = {}
    for row in rows:
        place = place_of(row.udh)
        if place is None:
            texts.append({1: row})
            totals.append(1)
            continue
        key = (row.sender, row.phone, place.reference, place.total)
        at = growing.get(key)
        if at is None or place.position in texts[at]:
            at = growing[key] = len(texts)
            texts.append({})
            totals.append(place.total)
        texts[at][place.position] = row
    return [
        IncomingText(tuple(found[position] for position in sorted(found)), total)
        for found, total in zip(texts, totals, strict=True)
    ]


def text_of(incoming: IncomingText) -> str:
    """The whole text; of a partial one what there is, and a line that says what is missing."""
    text = _joined(incoming.rows)
    if incoming.whole:
        return text
    there = {place.position for row in incoming.rows if (place := place_of(row.udh))}
    missing = ", ".join(str(n) for n in range(1, incoming.total + 1) if n not in there)
    return f"{text}\n[SMS tidak lengkap: bagian {missing} dari {incoming.total} tidak sampai]"


def _joined(rows: Sequence[InboxRow]) -> str:
    try:
        data = b"".join(unhexlify(row.coded.strip()) for row in rows)
    except (Error, ValueError):
        data = b""
    if not data:
        return without_nul("".join(row.decoded for row in rows))
    if any(row.coding == _EIGHT_BIT for row in rows):
        return coding.binary(data)
    return coding.utf16(data)


def identity_of(incoming: IncomingText) -> str:
    """The text's id: who sent what, by the stamp of the operator's centre.

    Not the row's id: a modem that fails to delete brings the same SMS again and again in new rows,
    and the ids of an emptied table begin anew. Where there is no stamp worth the name, two equal
    texts could not be told apart, so there the row counts.
    """
    first = incoming.rows[0]
    stamps = [_stamp(row.at) for row in incoming.rows]
    rows = [] if all(stamps) else [str(row.id) for row in incoming.rows]
    said = [
        first.sender,
        *rows,
        *stamps,
        *(row.udh + row.coded + row.decoded for row in incoming.rows),
    ]
    return sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at is not None and at.year >= _EARLIEST_YEAR else ""


def cut(text: str, reference: int) -> list[OutgoingPart]:
    """A text as the parts to send. The reference tells texts to one phone apart, 0 to 255."""
    found = segments(text)
    plain = found.encoding == "gsm7"
    if found.parts == 1:
        return [_part(text, plain=plain)]
    pieces = list(_pieces(text, _SEPTETS if plain else _UNITS, plain=plain))
    return [
        _part(
            piece, plain=plain, udh=bytes((5, 0, 3, reference, len(pieces), number)).hex().upper()
        )
        for number, piece in enumerate(pieces, 1)
    ]


def _pieces(text: str, room: int, *, plain: bool) -> Iterator[str]:
    """As full as the network fills them, no character in two parts."""
    piece, used = "", 0
    for letter in text:
        cost = 1 + (letter in EXTENSION if plain else ord(letter) > _ONE_UNIT)
        if used + cost > room:
            yield piece
            piece, used = "", 0
        piece += letter
        used += cost
    yield piece


def _part(text: str, *, plain: bool, udh: str = "") -> OutgoingPart:
    coded = text.encode("utf-16-be", "replace").hex().upper()
    return OutgoingPart(text, coded, GSM7 if plain else UCS2, udh)
