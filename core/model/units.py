"""Units, regions and partners: where work is done, as data and not as code (MB-15, MB-16, KM-17).

A partner is a unit of another house (a pharmacy, a vendor): own hours, own address, own answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from core.model.contact import typed_email, typed_phone
from core.model.hints import CATEGORIES
from core.model.messages import Address, AddressKind
from core.model.sentences import said, term
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 120
LONGEST_LEVEL: Final = 40
LONGEST_TREE: Final = 12
"""Levels of units or regions below each other; more are a slip of the pen."""

_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_CHAT: Final = re.compile(r"-?[0-9]{1,20}")


@value
class Region:
    """A part of the land that somebody works in (DK-30).

    Attributes:
        id: 0 for one that is not in the store yet.
        code: never changes; the office's own or that of the ministry (35.10.01).
        level: provinsi, kabupaten, kecamatan … as the office calls it.
        parent_id: the region around it.
    """

    id: int
    code: str
    name: str
    level: str = ""
    parent_id: int | None = None


@value
class Unit:
    """A unit of the house, or a partner of it.

    Attributes:
        id: 0 for one that is not in the store yet.
        code: never changes; in promises, texts and files.
        name: as told to citizens; tickets keep the name of their time (DK-40).
        level: dinas, bidang, seksi … as the office calls it.
        parent_id: the unit above it.
        region_id: where it is; a ticket that goes there gets it, if it has none.
        partner: of another house: answers its dispositions by message (KM-18).
        calendar: name of its hours; "" are the office's.
        categories: keys of the categories that it is proposed for.
        channel: the door by which a partner is written to; "" without.
        address: where a partner is written to, and answers from; None without.
        holidays_confirmed_until: the last local day up to which a partner has told its hours on
            holidays (KM-25); None: never.
        retired_at: gets no tickets since then; old ones keep its name.
        version: grows with every change; a stale writer gets a refusal.
    """

    id: int
    code: str
    name: str
    level: str = ""
    parent_id: int | None = None
    region_id: int | None = None
    partner: bool = False
    calendar: str = ""
    categories: frozenset[str] = frozenset()
    channel: str = ""
    address: Address | None = None
    holidays_confirmed_until: date | None = None
    retired_at: datetime | None = None
    version: int = 1

    @property
    def mark(self) -> str:
        """The subject of its events: ``unit:3``."""
        return f"unit:{self.id}"

    @property
    def retired(self) -> bool:
        """Whether nothing goes there any more."""
        return self.retired_at is not None


@value
class UnitDraft:
    """A unit as an administrator writes it down; see :class:`Unit` for the fields.

    ``address_kind`` and ``address`` are as typed: ``phone``, 0812….
    """

    name: str
    level: str = ""
    parent_id: int | None = None
    region_id: int | None = None
    partner: bool = False
    calendar: str = ""
    categories: frozenset[str] = frozenset()
    channel: str = ""
    address_kind: str = ""
    address: str = ""


@value
class RegionDraft:
    """A region as an administrator writes it down."""

    name: str
    level: str = ""
    parent_id: int | None = None


@value
class Places:
    """What a draft may name: regions and units there are, calendars and doors there are."""

    parents: Mapping[int, int | None]
    retired: frozenset[int]
    regions: frozenset[int]
    calendars: frozenset[str]
    channels: Mapping[str, AddressKind]


@value
class Fault:
    """The first thing wrong with a draft: the field, and an Indonesian sentence."""

    field: str
    sentence: str


# --- checking ---------------------------------------------------------------------------------


def code_fault(code: str) -> Fault | None:
    """What is wrong with a code; None: nothing."""
    if _CODE.fullmatch(code) and len(code) <= LONGEST_CODE:
        return None
    return Fault(
        "code", said("Kode memakai huruf kecil a-z, angka, titik, atau garis, paling banyak 40.")
    )


def unit_fault(unit_id: int, draft: UnitDraft, places: Places) -> Fault | None:
    """What is wrong with a draft of this unit (0: a new one); None: nothing."""
    unknown = sorted(draft.categories - CATEGORIES)
    rules = (
        *_name_rules(draft.name, draft.level),
        (
            "parent_id",
            _lost(draft.parent_id, places.parents),
            said("Unit induk tidak dikenal. Pilih dari daftar."),
        ),
        (
            "parent_id",
            draft.parent_id in places.retired,
            said("Unit induk sudah tidak dipakai. Pilih unit lain."),
        ),
        (
            "parent_id",
            circular(places.parents, unit_id, draft.parent_id),
            said("Unit tidak dapat berada di bawah dirinya sendiri."),
        ),
        (
            "region_id",
            draft.region_id is not None and draft.region_id not in places.regions,
            said("Wilayah ini tidak dikenal. Pilih dari daftar."),
        ),
        (
            "calendar",
            bool(draft.calendar) and draft.calendar not in places.calendars,
            said(
                "Kalender tidak dikenal. Yang ada: {calendars}.",
                calendars=_listed(places.calendars),
            ),
        ),
        (
            "categories",
            bool(unknown),
            said(
                "Kategori tidak dikenal: {unknown}. Pilih dari daftar.", unknown=_listed(unknown)
            ),
        ),
    )
    return _first(rules) or _reach_fault(draft, places.channels)


def region_fault(
    region_id: int, draft: RegionDraft, parents: Mapping[int, int | None]
) -> Fault | None:
    """What is wrong with a draft of this region (0: a new one); None: nothing."""
    return _first(
        (
            *_name_rules(draft.name, draft.level),
            (
                "parent_id",
                _lost(draft.parent_id, parents),
                said("Wilayah induk tidak dikenal. Pilih dari daftar."),
            ),
            (
                "parent_id",
                circular(parents, region_id, draft.parent_id),
                said("Wilayah tidak dapat berada di bawah dirinya sendiri."),
            ),
        )
    )


def circular(parents: Mapping[int, int | None], one: int, parent: int | None) -> bool:
    """Whether ``one`` would stand below itself, or too deep, with this parent."""
    steps = 0
    while parent is not None:
        steps += 1
        if parent == one or steps > LONGEST_TREE:
            return True
        parent = parents.get(parent)
    return False


def address_of(kind: str, typed: str) -> Address | None:
    """The address as messages from there name it; None: it is none of this kind."""
    typed = typed.strip()
    if kind in (AddressKind.PHONE, AddressKind.WHATSAPP):
        found = typed_phone(typed)
        return found and Address(AddressKind(kind), found.value)
    if kind == AddressKind.EMAIL:
        return typed_email(typed)
    if kind == AddressKind.TELEGRAM and _CHAT.fullmatch(typed):
        return Address(AddressKind.TELEGRAM, typed)
    return None


def _reach_fault(draft: UnitDraft, channels: Mapping[str, AddressKind]) -> Fault | None:
    """A channel and an address that fit each other, or neither."""
    given = (bool(draft.channel), bool(draft.address_kind), bool(draft.address.strip()))
    if not any(given):
        return None
    takes = channels.get(draft.channel)
    rules = (
        ("channel", not draft.partner, said("Kanal dan alamat hanya untuk unit mitra.")),
        (
            "channel",
            takes is None,
            said(
                "Kanal ini tidak dapat mengirim. Pilihannya: {channels}.",
                channels=_listed(channels) or term("tidak ada"),
            ),
        ),
        (
            "address_kind",
            draft.address_kind != takes,
            said("Jenis alamat harus sesuai dengan kanal: {takes}.", takes=takes),
        ),
        (
            "address",
            address_of(draft.address_kind, draft.address) is None,
            said("Alamat ini tidak sesuai dengan jenisnya. Periksa penulisannya."),
        ),
    )
    return _first(rules)


def _name_rules(name: str, level: str) -> Sequence[tuple[str, bool, str]]:
    return (
        ("name", not name.strip(), said("Nama belum diisi.")),
        (
            "name",
            len(name) > LONGEST_NAME,
            said("Nama paling banyak {most} karakter.", most=LONGEST_NAME),
        ),
        (
            "level",
            len(level) > LONGEST_LEVEL,
            said("Tingkat paling banyak {most} karakter.", most=LONGEST_LEVEL),
        ),
    )


def _lost(parent: int | None, known: Mapping[int, int | None]) -> bool:
    return parent is not None and parent not in known


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _first(rules: Iterable[tuple[str, bool, str]]) -> Fault | None:
    return next((Fault(field, sentence) for field, wrong, sentence in rules if wrong), None)


# --- the tree ---------------------------------------------------------------------------------


class Placed(Protocol):
    """Something with a place in a tree: a unit, a region."""

    @property
    def id(self) -> int:
        """Its own."""
        ...

    @property
    def name(self) -> str:
        """By which those of one parent are sorted."""
        ...

    @property
    def parent_id(self) -> int | None:
        """What it is below."""
        ...


def tree(placed: Sequence[Placed]) -> list[tuple[int, Placed]]:
    """All with their depth, each behind its parent, siblings by name; nothing is left out.

    One whose parent is not among them, or that stands below itself, counts as a top.
    """
    known = {one.id for one in placed}
    below: dict[int | None, list[Placed]] = {}
    for one in sorted(placed, key=lambda one: (one.name.casefold(), one.id)):
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    found: list[tuple[int, Placed]] = []
    _descend(below, below.get(None, []), 0, found)
    reached = {one.id for _, one in found}
    return found + [(0, one) for one in placed if one.id not in reached]


def _descend(
    below: Mapping[int | None, list[Placed]],
    here: Iterable[Placed],
    depth: int,
    found: list[tuple[int, Placed]],
) -> None:
    for one in here:
        found.append((depth, one))
        _descend(below, below.get(one.id, ()), depth + 1, found)


def with_below(parents: Mapping[int, int | None], tops: Collection[int]) -> frozenset[int]:
    """These and everything below them; a circle of parents ends too."""
    below: dict[int | None, list[int]] = {}
    for one, parent in parents.items():
        below.setdefault(parent, []).append(one)
    found, waiting = set(tops), list(tops)
    while waiting:
        new = [one for one in below.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return frozenset(found)
