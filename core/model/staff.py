"""Who works here, in which role and where: the values that all rules about staff speak of.

What a role may do stands in core/model/rights.py. How somebody proves who they are stands in
core/model/credentials.py and is never part of a :class:`Staff`, so that no list can give it out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime


class Role(StrEnum):
    """Requirements §8; one person may hold several (DK-04). A reporter is no role of staff."""

    OPERATOR = "operator"
    CUSTOMER_CARE = "customer_care"
    TECHNICIAN = "technician"
    OFFICER = "officer"
    UNIT_SUPERVISOR = "unit_supervisor"
    LEADERSHIP = "leadership"
    AGENCY_HEAD = "agency_head"
    ADMIN = "admin"

    @property
    def word(self) -> str:
        """The Indonesian word for screens and documents."""
        return _ROLE_WORDS[self]


_ROLE_WORDS: Final = {
    Role.OPERATOR: said("Operator"),
    Role.CUSTOMER_CARE: said("Customer care"),
    Role.TECHNICIAN: said("Teknisi"),
    Role.OFFICER: said("Petugas penyelesaian"),
    Role.UNIT_SUPERVISOR: said("Kepala satuan pelaksana"),
    Role.LEADERSHIP: said("Pimpinan"),
    Role.AGENCY_HEAD: said("Kepala dinas"),
    Role.ADMIN: said("Administrator"),
}

SECOND_FACTOR_ROLES: Final = frozenset({Role.ADMIN, Role.UNIT_SUPERVISOR})
"""Who must enrol a second factor before anything else (threats.md row 54)."""


class Right(StrEnum):
    """What somebody may do. Those from ``admin_staff`` on are about the house, not a ticket."""

    VIEW = "view"
    SENSITIVE = "sensitive"  # view what is marked sensitive: health, conduct
    REPLY = "reply"
    NOTE = "note"
    CLASSIFY = "classify"
    ASSIGN = "assign"
    WORK = "work"
    APPROVE = "approve"
    CLOSE = "close"
    REJECT = "reject"
    REOPEN = "reopen"
    CANCEL = "cancel"
    MERGE = "merge"
    ESCALATE = "escalate"
    INSTRUCT = "instruct"
    DECIDE_OBJECTION = "decide_objection"
    ENTER = "enter"
    ENTER_SURVEY = "enter_survey"
    REPORTS = "reports"
    OVERSEE = "oversee"  # lists of what is broken or stands still
    REVEAL = "reveal"
    MEASURE = "measure"
    DELEGATE = "delegate"
    ADMIN_STAFF = "admin_staff"
    ADMIN_UNITS = "admin_units"
    ADMIN_CALENDARS = "admin_calendars"
    ADMIN_POLICIES = "admin_policies"
    ADMIN_TEXTS = "admin_texts"
    ADMIN_PERSONS = "admin_persons"
    ADMIN_CHANNELS = "admin_channels"
    ADMIN_PEOPLE = "admin_people"
    AUDIT = "audit"


class Reach(StrEnum):
    """Over which tickets a right holds."""

    OWN = "own"  # assigned to the person
    UNIT = "unit"  # of the person's unit and all below it
    REGION = "region"  # in the person's regions and all below them, whatever the unit
    ALL = "all"


@value
class Grant:
    """One right with one reach, besides what the table of core/model/rights.py gives."""

    role: Role
    right: Right
    reach: Reach


@value
class Staff:
    """Somebody who works here. Never holds a password, a token or a second factor.

    Attributes:
        id: 0 for somebody who is not in the store yet.
        login: casefolded, never changes and is never given to another.
        regions: ids of the regions worked in (DK-30).
        capacity: tickets at the same time before a confirmation is asked for (BW-45).
        present_until: in the office until then, aware UTC; None: not there.
        email, phone, telegram: where notices to the person go; "" without.
        disabled_at: may not log in since then; what they did stays theirs (LL-27).
        version: grows with every change; a stale writer gets a refusal.
        units: ``unit_id`` and every unit below it, as the store knows them now.
        areas: ``regions`` and every region below them.
        granted: grants of the office's settings and delegations that concern the roles.
        only: the rights that this way in is limited to (a token); None: no limit.
    """

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    regions: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 10
    present_until: datetime | None = None
    email: str = ""
    phone: str = ""
    telegram: str = ""
    disabled_at: datetime | None = None
    version: int = 1
    units: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    granted: tuple[Grant, ...] = ()
    only: frozenset[Right] | None = None

    @property
    def disabled(self) -> bool:
        """Whether the person may not come in any more."""
        return self.disabled_at is not None

    @property
    def mark(self) -> str:
        """As events and rows name the person: ``staff:7``."""
        return f"staff:{self.id}"

    @property
    def needs_second_factor(self) -> bool:
        """Whether a password alone opens nothing but the page to enrol."""
        return bool(self.roles & SECOND_FACTOR_ROLES)


@value
class TicketFacts:
    """What rights look at in a ticket.

    Attributes:
        unit_id, region_id, assignee_id: where it is, None while nobody has it.
        created_by: who entered it for the reporter.
        about_staff_id: whom it complains about; hidden from them (MB-26).
        sensitive: it speaks of health or of a person's conduct.
    """

    unit_id: int | None = None
    region_id: int | None = None
    assignee_id: int | None = None
    created_by: int | None = None
    about_staff_id: int | None = None
    sensitive: bool = False
