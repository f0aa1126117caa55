"""Who and which unit should have a ticket, ranked, with the reasons (DK-30, BW-45, MB-16). Pure.

A suggestion decides nothing: what is marked as needing a reason or a confirmation is asked for by
the act of assigning (core/model/acts_hands.py). Whoever is complained about is never in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from core.model.hints import CATEGORY_NAMES
from core.model.sentences import said, term
from core.model.units import with_below
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.units import Region, Unit


class Wanting(Protocol):
    """What of a ticket decides who should have it; a ``WorkTicket`` has it all."""

    @property
    def category(self) -> str:
        """Its key."""
        ...

    @property
    def unit_id(self) -> int | None:
        """Where it is."""
        ...

    @property
    def region_id(self) -> int | None:
        """Where the place is."""
        ...

    @property
    def assignee_id(self) -> int | None:
        """Who has it."""
        ...

    @property
    def about_staff_id(self) -> int | None:
        """Whom it complains about."""
        ...


@value
class Unassigned:
    """A running ticket that nobody has; see :class:`Wanting`."""

    number: str
    category: str
    unit_id: int | None = None
    region_id: int | None = None
    about_staff_id: int | None = None
    assignee_id: int | None = None


@value
class Candidate:
    """Somebody who works on tickets.

    Attributes:
        regions: ids of regions worked in as written down; empty: everywhere.
        skills: casefolded words; one that names a category is a skill in it.
        load: running tickets held now. capacity: as many as may be held unasked.
        present_until: in the office until then, aware UTC; None: not there.
        assigned_at: when the last of the tickets held now was given; None: none is held.
    """

    id: int
    name: str
    unit_id: int | None = None
    regions: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 10
    load: int = 0
    present_until: datetime | None = None
    assigned_at: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether one more needs a confirmation (BW-45)."""
        return self.load >= self.capacity

    def present(self, now: datetime) -> bool:
        """Whether the person is in the office."""
        return self.present_until is not None and self.present_until > now


@value
class RankedPerson:
    """A place in the list.

    Attributes:
        reasons: Indonesian, for and against, in the order of their weight.
        needs_reason: works in another region: assigning asks why.
        needs_confirmation: has as much as may be: assigning asks whether it is meant.
        ready: neither of both, and in the office.
    """

    candidate: Candidate
    reasons: tuple[str, ...]
    needs_reason: bool
    needs_confirmation: bool
    ready: bool


@value
class RankedUnit:
    """A unit to dispose to; ``reasons`` Indonesian."""

    unit: Unit
    reasons: tuple[str, ...]


@value
class Suggestion:
    """Best first; everybody who could be chosen is in it."""

    people: tuple[RankedPerson, ...] = ()
    units: tuple[RankedUnit, ...] = ()


@value
class Staffing:
    """Who and what there is to choose from.

    Attributes:
        units: those in use.
    """

    candidates: Sequence[Candidate]
    units: Sequence[Unit]
    regions: Sequence[Region]


def suggest(ticket: Wanting, staffing: Staffing, now: datetime) -> Suggestion:
    """Ranks everybody and every unit for this ticket; ``now`` aware."""
    units = _ranked_units(ticket, staffing)
    fitting = _fitting_units(ticket, staffing, units)
    parents = {region.id: region.parent_id for region in staffing.regions}
    ranked = [
        _ranked(ticket, one, fitting, (_within(ticket, one, parents), now))
        for one in staffing.candidates
        if one.id not in (ticket.about_staff_id, ticket.assignee_id)
    ]
    ranked.sort(key=lambda pair: pair[0])
    return Suggestion(tuple(person for _, person in ranked), tuple(units))


def automatic_choice(ticket: Wanting, staffing: Staffing, now: datetime) -> RankedPerson | None:
    """Who gets the ticket in the automatic round; None: nobody fits, people decide.

    The least loaded of those who are in the office, have room, work in the ticket's region and in
    a unit for it; of equals the one whose last ticket was given longest ago. Tickets at a partner
    stay there.
    """
    units = {unit.id: unit for unit in staffing.units}
    here = units.get(ticket.unit_id) if ticket.unit_id is not None else None
    if ticket.assignee_id is not None or (here is not None and here.partner):
        return None
    ranked = suggest(ticket, staffing, now)
    fitting = _fitting_units(ticket, staffing, ranked.units)
    ready = [
        one
        for one in ranked.people
        if one.ready and (fitting is None or one.candidate.unit_id in fitting)
    ]
    return min(ready, key=lambda one: _burden(one.candidate), default=None)


# --- units ------------------------------------------------------------------------------------


def _ranked_units(ticket: Wanting, staffing: Staffing) -> list[RankedUnit]:
    parents = {region.id: region.parent_id for region in staffing.regions}
    around = _around(parents, ticket.region_id)
    ranked = []
    for unit in staffing.units:
        if unit.retired or unit.id == ticket.unit_id:
            continue
        serves = ticket.category in unit.categories
        near = unit.region_id is not None and unit.region_id in around
        away = bool(around) and unit.region_id is not None and not near
        reasons = [
            *(
                [said("menangani kategori {category}", category=_category(ticket))]
                if serves
                else ()
            ),
            *([said("berada di wilayah tiket")] if near else ()),
            *([said("berada di wilayah lain")] if away else ()),
            *([said("unit mitra")] if unit.partner else ()),
        ]
        key = (not serves, away, not near, unit.partner, unit.name.casefold(), unit.id)
        ranked.append((key, RankedUnit(unit, tuple(reasons))))
    ranked.sort(key=lambda pair: pair[0])
    return [one for _, one in ranked]


def _around(parents: Mapping[int, int | None], region: int | None) -> frozenset[int]:
    """The region and everything around it."""
    found: set[int] = set()
    while region is not None and region not in found:
        found.add(region)
        region = parents.get(region)
    return frozenset(found)


def _fitting_units(
    ticket: Wanting, staffing: Staffing, ranked: Sequence[RankedUnit]
) -> frozenset[int] | None:
    """The ticket's unit and all below it, else those for its category; None: any will do."""
    parents = {unit.id: unit.parent_id for unit in staffing.units}
    if ticket.unit_id is not None:
        return with_below(parents, [ticket.unit_id])
    serving = [
        one.unit.id
        for one in ranked
        if ticket.category in one.unit.categories and not one.unit.partner
    ]
    return with_below(parents, serving) if serving else None


# --- people -----------------------------------------------------------------------------------


def _within(ticket: Wanting, one: Candidate, parents: Mapping[int, int | None]) -> bool | None:
    """Whether the person works in the ticket's region; None where it says nothing.

    Without regions written down somebody works everywhere, which is no reason to come first.
    """
    if ticket.region_id is None or not one.regions:
        return None
    return ticket.region_id in with_below(parents, one.regions)


def _ranked(
    ticket: Wanting,
    one: Candidate,
    fitting: frozenset[int] | None,
    facts: tuple[bool | None, datetime],
) -> tuple[tuple[object, ...], RankedPerson]:
    within, now = facts
    present = one.present(now)
    at_unit = fitting is not None and one.unit_id in fitting
    skilled = any(CATEGORY_NAMES.get(word, word) == ticket.category for word in one.skills)
    away = within is False
    person = RankedPerson(
        one,
        _reasons(ticket, one, (within, present, at_unit, skilled)),
        needs_reason=away,
        needs_confirmation=one.full,
        ready=present and not away and not one.full,
    )
    # Whoever needs neither confirmation nor reason comes before whoever does.
    key = (one.full, away, within is not True, not at_unit, not present, not skilled)
    return (*key, *_burden(one)), person


def _burden(one: Candidate) -> tuple[object, ...]:
    share = one.load / one.capacity if one.capacity else float("inf")
    last = one.assigned_at.timestamp() if one.assigned_at else 0.0
    return (share, one.load, last, one.id)


def _reasons(
    ticket: Wanting, one: Candidate, facts: tuple[bool | None, bool, bool, bool]
) -> tuple[str, ...]:
    within, present, at_unit, skilled = facts
    held = said("memegang {load} dari {capacity} tiket", load=one.load, capacity=one.capacity)
    told = (
        (within is True, said("bertugas di wilayah tiket")),
        (within is False, said("bertugas di wilayah lain, perlu alasan")),
        (at_unit, said("bertugas di unit yang menangani")),
        (present, said("sedang hadir")),
        (not present, said("tidak tercatat hadir")),
        (skilled, said("menguasai {category}", category=_category(ticket))),
        (not one.full, held),
        (one.full, said("{held}, perlu penegasan", held=held)),
    )
    return tuple(words for true, words in told if true)


def _category(ticket: Wanting) -> str:
    return term(category_word(ticket.category))


CATEGORY_WORDS: Final = {
    "account": said("akun"),
    "application": said("aplikasi"),
    "billing": said("biaya"),
    "civil_registry": said("kependudukan"),
    "data_privacy": said("data pribadi"),
    "extortion": said("pungutan liar"),
    "facility": said("sarana dan kebersihan"),
    "hardware": said("perangkat keras"),
    "information": said("permintaan informasi"),
    "licensing": said("perizinan"),
    "logistics": said("logistik"),
    "medical_care": said("pelayanan medis"),
    "medicine": said("obat"),
    "network": said("jaringan"),
    "other": said("lainnya"),
    "power": said("listrik"),
    "public_works": said("jalan"),
    "security": said("keamanan informasi"),
    "social_aid": said("bantuan sosial"),
    "staff_conduct": said("sikap petugas"),
    "waiting_time": said("antrean"),
}
"""What each category is called on screens; the first of the names by which it is known."""


def category_word(category: str) -> str:
    """The Indonesian word for a category: ``network`` is told as ``jaringan``."""
    return CATEGORY_WORDS.get(category, category)
