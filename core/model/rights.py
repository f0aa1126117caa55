"""Who may do what: one table that fits a screen, and the two questions asked of it.

The table is data (BW-03): ``python -m gateway.rights_table`` writes it into docs/rights.md. An
office may add to it by ``[staff] grants`` and leadership may delegate its watch to customer care
(MB-08); nothing takes a cell away. Every list, count and single read goes through :func:`scope`;
every act through :func:`may`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.staff import Grant, Reach, Right, Role
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.staff import Staff, TicketFacts

COLUMNS: Final = (
    Role.OPERATOR,
    Role.CUSTOMER_CARE,
    Role.TECHNICIAN,
    Role.OFFICER,
    Role.UNIT_SUPERVISOR,
    Role.LEADERSHIP,
    Role.AGENCY_HEAD,
    Role.ADMIN,
)

# a: all, o: own, u: own unit and those below, and own regions; -: not at all.
_TABLE: Final = """
                  operator  care  technician  officer  supervisor  leadership  head  admin
view                  a      a        o          o          u           a        a      a
sensitive             a      a        o          o          u           -        -      -
reply                 a      a        o          o          u           -        -      -
note                  a      a        o          o          u           a        a      -
classify              a      a        -          -          u           -        -      -
assign                a      a        -          -          u           -        -      -
work                  a      a        o          o          u           -        -      -
approve               -      -        -          -          u           -        -      -
close                 -      a        -          -          u           -        -      -
reject                -      a        -          -          u           -        -      -
reopen                a      a        -          -          u           -        -      -
cancel                a      a        -          -          -           -        -      -
merge                 a      a        -          -          u           -        -      -
escalate              a      a        o          o          u           -        -      -
instruct              -      -        -          -          -           a        a      -
decide_objection      -      a        -          -          u           a        a      -
enter                 a      a        -          a          a           -        -      -
enter_survey          a      a        -          -          -           -        -      -
reports               -      a        -          -          u           a        a      a
oversee               -      -        -          -          u           a        a      -
reveal                -      a        -          o          u           -        -      -
measure               -      -        -          -          -           a        a      -
delegate              -      -        -          -          -           a        a      -
admin_staff           -      -        -          -          -           -        -      a
admin_units           -      -        -          -          -           -        -      a
admin_calendars       -      -        -          -          -           -        -      a
admin_policies        -      -        -          -          -           -        -      a
admin_texts           -      -        -          -          -           -        -      a
admin_persons         -      -        -          -          -           -        -      a
admin_channels        -      -        -          -          -           -        -      a
audit                 -      -        -          -          -           a        a      a
"""
_CELLS: Final[Mapping[str, frozenset[Reach]]] = {
    "-": frozenset(),
    "o": frozenset({Reach.OWN}),
    "u": frozenset({Reach.UNIT, Reach.REGION}),
    "a": frozenset({Reach.ALL}),
}


def _read(table: str) -> Mapping[Role, Mapping[Right, frozenset[Reach]]]:
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return {
        role: {Right(right): _CELLS[cells[place]] for right, *cells in lines}
        for place, role in enumerate(COLUMNS)
    }


MATRIX: Final = _read(_TABLE)
"""Role → right → reaches, empty where the role does not have the right."""

DELEGABLE: Final = (Right.OVERSEE, Right.INSTRUCT)
"""What leadership may hand to customer care, over all units, until it is taken back (MB-08)."""

DELEGATED: Final = tuple(Grant(Role.CUSTOMER_CARE, right, Reach.ALL) for right in DELEGABLE)

ABOUT_THE_HOUSE: Final = frozenset(right for right in Right if right.startswith("admin_")) | {
    Right.AUDIT,
    Right.DELEGATE,
    Right.ENTER,
    Right.ENTER_SURVEY,
}
"""Rights that are about no ticket: any reach at all gives them."""

FIGURES: Final = frozenset({Right.REPORTS, Right.OVERSEE})
"""Rights that show numbers, states and dates but no texts: sensitive tickets are counted too."""


def reaches(staff: Staff, right: Right) -> frozenset[Reach]:
    """Over what this person has this right; empty: not at all, and always so when disabled."""
    if staff.disabled or (staff.only is not None and right not in staff.only):
        return frozenset()
    by_role = (MATRIX[role][right] for role in staff.roles)
    granted = {
        grant.reach
        for grant in staff.granted
        if grant.right is right and grant.role in staff.roles
    }
    return frozenset(granted).union(*by_role)


def rights_of(staff: Staff) -> frozenset[Right]:
    """Every right that the person has somewhere: what menus and tokens offer."""
    return frozenset(right for right in Right if reaches(staff, right))


def may(staff: Staff, right: Right, ticket: TicketFacts | None = None) -> bool:
    """Whether this person may do this, with this ticket.

    Nobody touches a complaint about themselves, whatever their role (MB-26). A sensitive ticket
    also asks for the right to see such, except for figures.

    Args:
        staff: as the store knows the person now, with grants.
        right: what for.
        ticket: None: whether the person has the right anywhere at all; for rights about the house
            it is not looked at.
    """
    if ticket is None or right in ABOUT_THE_HOUSE:
        return bool(reaches(staff, right))
    return _covers(scope(staff, right), ticket)


@value
class Scope:
    """The tickets over which somebody has a right, for the store to ask by.

    A ticket is within when it is not about ``staff_id``, and ``wide`` holds it, and, where it is
    sensitive, ``deep`` holds it as well.
    """

    staff_id: int
    wide: Area
    deep: Area


@value
class Area:
    """Some tickets: all of them, or those of a person, of units, of regions together.

    Attributes:
        everything: no limit; the rest does not count.
        assignee: those assigned to this person; None: no such.
        entered_by: those that this person entered for a reporter; None: no such.
        units, regions: those that are there.
    """

    everything: bool = False
    assignee: int | None = None
    entered_by: int | None = None
    units: frozenset[int] = frozenset()
    regions: frozenset[int] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether no ticket at all is in it."""
        return not (
            self.everything
            or self.units
            or self.regions
            or self.assignee is not None
            or self.entered_by is not None
        )


EVERYTHING: Final = Area(everything=True)


def scope(staff: Staff, right: Right = Right.VIEW) -> Scope:
    """Over which tickets this person has this right; the store turns it into a condition."""
    deep = EVERYTHING if right in FIGURES else _area(staff, Right.SENSITIVE)
    return Scope(staff.id, _area(staff, right), deep)


def _area(staff: Staff, right: Right) -> Area:
    held = reaches(staff, right)
    if Reach.ALL in held:
        return EVERYTHING
    # Whoever entered a report may go on looking at it, wherever it was passed on to.
    looks = right in (Right.VIEW, Right.SENSITIVE) and may(staff, Right.ENTER)
    return Area(
        assignee=staff.id if Reach.OWN in held else None,
        entered_by=staff.id if held and looks else None,
        units=staff.units if Reach.UNIT in held else frozenset(),
        regions=staff.areas if Reach.REGION in held else frozenset(),
    )


def _covers(within: Scope, ticket: TicketFacts) -> bool:
    if ticket.about_staff_id is not None and ticket.about_staff_id == within.staff_id:
        return False
    return _holds(within.wide, ticket) and (not ticket.sensitive or _holds(within.deep, ticket))


def _holds(area: Area, ticket: TicketFacts) -> bool:
    return (
        area.everything
        or _same(area.assignee, ticket.assignee_id)
        or _same(area.entered_by, ticket.created_by)
        or ticket.unit_id in area.units
        or ticket.region_id in area.regions
    )


def _same(one: int | None, other: int | None) -> bool:
    return one is not None and one == other
