"""What somebody types into the one search field, and what is shown of what it finds (DK-26).

Numbers of tickets, telephone numbers, mail addresses, NIK, names and words all come through one
field. Digits of people are never searched in texts: a telephone number is looked up as an address,
a NIK by its keyed hash, so that nothing masked can be guessed digit by digit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core.model.cleaning import fold, origin
from core.model.contact import typed_email, typed_phone
from core.model.listing import number_ranges
from core.model.masking import mask_identity
from core.model.messages import Address, AddressKind
from core.model.numbers import TicketNumber, parse_number
from core.model.value import value

if TYPE_CHECKING:
    from core.model.listing import ListedTicket

LONGEST: Final = 200
"""Characters of a search that are read."""

MOST_WORDS: Final = 8
_BEGINNING: Final = 3
"""Letters from which on a word is also found by its beginning."""

_IDENTITY: Final = 16  # digits of NIK and family card
_SHORTEST_PHONE: Final = 8
_LONGEST_SEQUENCE: Final = 9
_YEARS: Final = 10  # that a bare number may be of
_BETWEEN = re.compile(r"[\s.()/+\-\u2010-\u2015]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORT_NUMBER = re.compile(rf"(?<!\w)\d{{1,{_SHORTEST_PHONE - 1}}}(?!\w)")
_BARE = re.compile(rf"(\d{{1,{_LONGEST_SEQUENCE}}})(?:-(\d))?")
_BEFORE: Final = 50
_AFTER: Final = 110
"""Signs shown around the first word that matched."""

_READ: Final = 20_000
_HIDDEN = re.compile(r"\*+[0-9]*|\d{8,}")


@value
class Sought:
    """One search, read in every way that it can mean.

    Attributes:
        ids: of tickets, by a whole number or a bare sequence with or without its check digit.
        ranges: ids of tickets whose number begins so.
        addresses: ways to reach the person meant.
        identity: sixteen digits of a NIK or family card; "" for none.
        words: folded, letters only; all of them must stand in one text.
        digits: short numbers among the words, looked for where the words were found.
    """

    ids: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    addresses: tuple[Address, ...] = ()
    identity: str = ""
    words: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing in it to look for."""
        exact = self.ids or self.ranges or self.addresses or self.identity
        return not (exact or self.words)


def read_search(typed: str, prefix: str, year: int) -> Sought:
    """What was typed.

    Args:
        typed: as it came.
        prefix: of the office's ticket numbers.
        year: two digits of the local year: bare numbers are of this one and the ten before.
    """
    text = typed[:LONGEST].strip()
    number = parse_number(prefix, text)
    if number:
        return Sought(ids=(number.ticket_id,))
    bare = _BETWEEN.sub("", text)
    if bare.isascii() and bare.isdigit():
        return _digits(text, bare, year)
    if ranges := number_ranges(text):
        return Sought(ranges=ranges)
    if email := typed_email(text):
        return Sought(addresses=(email,))
    folded = fold(text)
    words = tuple(dict.fromkeys(_LETTERS.findall(folded)))[:MOST_WORDS]
    return Sought(words=words, digits=tuple(_SHORT_NUMBER.findall(folded))[:MOST_WORDS])


def _digits(text: str, bare: str, year: int) -> Sought:
    """Nothing but digits: who they are depends on how many."""
    if len(bare) == _IDENTITY:
        return Sought(identity=bare)
    phone = typed_phone(text) if len(bare) >= _SHORTEST_PHONE else None
    if phone:
        kinds = (AddressKind.PHONE, AddressKind.WHATSAPP)
        return Sought(addresses=tuple(Address(kind, phone.value) for kind in kinds))
    found = _BARE.fullmatch(text)
    return Sought(ids=_sequences(found[1], found[2] or "", year)) if found else Sought()


def _sequences(digits: str, check: str, year: int) -> tuple[int, ...]:
    """Ids of this sequence in each year; the last digit may be the check digit."""
    years = [one for one in range(year, year - _YEARS - 1, -1) if one >= 0]
    ids = []
    for one in years:
        if not check:
            ids.append(TicketNumber("", one, int(digits)).ticket_id)
        split = (digits, check) if check else (digits[:-1], digits[-1])
        if split[0]:
            whole = TicketNumber("", one, int(split[0]))
            ids += [whole.ticket_id] if whole.check == split[1] else []
    return tuple(dict.fromkeys(ids))


def beginning(word: str) -> bool:
    """Whether a word is also found as the beginning of a longer one."""
    return len(word) >= _BEGINNING


# --- what is shown -------------------------------------------------------------------------------


@value
class Piece:
    """A part of an excerpt; ``hit``: it is what was searched for."""

    text: str
    hit: bool = False


@value
class FoundText:
    """A text in which the words stand.

    Attributes:
        doc: grows with every text written; where a search goes on.
        source: ``message``, ``answer``, ``note`` or ``ticket``.
        name: the sender's, as given.
    """

    doc: int
    ticket_id: int
    source: str
    text: str
    name: str = ""


@value
class Hit:
    """One ticket that was found, and why.

    Attributes:
        why: ``number``, ``phone``, ``email``, ``identity``, or the text's ``source``.
        pieces: the masked text around the words; none where no text was searched.
    """

    ticket: ListedTicket
    why: str
    pieces: tuple[Piece, ...] = ()


def excerpt(sought: Sought, found: FoundText) -> tuple[Piece, ...]:
    """The masked text around the first word that matched, with the words marked.

    Empty where a short number that was searched for stands nowhere readable in it.
    """
    masked = mask_identity(f"{found.text[:_READ]} {found.name}".strip())
    readable = _HIDDEN.sub(" ", masked)
    if not set(sought.digits) <= set(_SHORT_NUMBER.findall(readable)):
        return ()
    pattern = _pattern(sought)
    first = pattern.search(fold(masked))
    at = origin(masked, first.start()) if first else 0
    start, end = max(0, at - _BEFORE), at + _AFTER
    shown = " ".join(masked[start:end].split())
    pieces = _marked(pattern, shown)
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(masked):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _pattern(sought: Sought) -> re.Pattern[str]:
    words = sorted(sought.words, key=len, reverse=True)
    told = [re.escape(one) + ("" if beginning(one) else r"(?![^\W\d_])") for one in words]
    told += [rf"{one}(?!\w)" for one in sought.digits]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(told)})")


def _marked(pattern: re.Pattern[str], shown: str) -> list[Piece]:
    pieces, at = [], 0
    for one in pattern.finditer(fold(shown)):
        start, end = origin(shown, one.start()), origin(shown, one.end())
        if start < at or end <= start:
            continue
        if start > at:
            pieces.append(Piece(shown[at:start]))
        pieces.append(Piece(shown[start:end], hit=True))
        at = end
    return [*pieces, Piece(shown[at:])] if at < len(shown) else pieces


# --- gathering --------------------------------------------------------------------------------


@value
class Sweep:
    """How far all messages have been looked at, while they are.

    Attributes:
        after: id of the last message looked at; 0: none yet.
        reached: the place in the stream of events from which the rest is told.
    """

    after: int
    reached: str


_SWEEP: Final = re.compile(r"all:([0-9]{1,19}):(.*)", re.DOTALL)


def sweep_place(sweep: Sweep) -> str:
    """As it is kept in place of a place in the stream: ``all:4711:…``."""
    return f"all:{sweep.after}:{sweep.reached}"


def sweep_at(place: str) -> Sweep | None:
    """The sweep that is kept there; None: it is a place in the stream, or nothing."""
    found = _SWEEP.fullmatch(place)
    return Sweep(int(found[1]), found[2]) if found else None
