"""Every act of staff on a ticket, as a small value (requirements §2, MB-22, DK-11 to DK-34).

Texts are as typed; core/model/act_rules.py trims and checks them. Instants are aware UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.ticket import Priority


# --- who has it -------------------------------------------------------------------------------


@value
class Review:
    """The ticket is looked at against policy, or data is missing (LL-12)."""

    note: str = ""


@value
class Dispose:
    """To a unit, with what it is to do and by when; optionally to one person there (MB-16)."""

    unit_id: int
    instruction: str
    staff_id: int | None = None
    due_at: datetime | None = None


@value
class Assign:
    """To a person.

    Attributes:
        reason: mandatory when somebody else has it already, or ``out_of_region`` (DK-12, DK-30).
        equipment: what to take along (BW-26).
        start_at: when work is planned to begin, told to the citizen; now, or ahead.
        over_capacity: confirmed that this person has too much already (BW-45).
    """

    staff_id: int
    reason: str = ""
    equipment: str = ""
    start_at: datetime | None = None
    over_capacity: bool = False


@value
class TakeBack:
    """From the person who has it; the ticket stays with its unit (DK-12)."""

    reason: str


@value
class Approve:
    """What is waited for: work may begin (DK-11), or finished work is right (DK-34)."""

    note: str = ""


@value
class RefuseApproval:
    """It may not begin, or it goes back to work."""

    reason: str


# --- work -------------------------------------------------------------------------------------


@value
class Start:
    """Work begins, with a note (BW-07)."""

    note: str


@value
class PlanVisit:
    """A visit at a time that the citizen is told (BW-38)."""

    at: datetime


@value
class EnRoute:
    """Berangkat: on the way to the place, with a note (BW-07, BW-49)."""

    note: str


@value
class Arrive:
    """There, with a note (BW-07, BW-47)."""

    note: str


@value
class NoteFinding:
    """What was found on the spot (BW-47).

    Attributes:
        files: as of ``Note``; seen by staff alone.
    """

    finding: str
    files: tuple[int, ...] = ()


@value
class Depart:
    """Away again; the visit is over, and what was found is written down (BW-07)."""

    finding: str = ""


@value
class SetProgress:
    """Percent done (DK-32): less than before only with a note, 100 only with a solution."""

    percent: int
    note: str = ""
    solution: str = ""


@value
class CheckStock:
    """Whether a part is in stock: the first step on hardware damage (BW-32).

    Attributes:
        item: the part, as the technician calls it.
        in_stock: whether it is there.
        note: where it was looked for; never leaves the house.
    """

    item: str
    in_stock: bool
    note: str = ""


@value
class UseStock:
    """A part was taken from stock for this ticket (BW-33).

    Attributes:
        item: "" is the one that was checked last.
        quantity: pieces.
    """

    item: str = ""
    quantity: int = 1


@value
class Pend:
    """Stands still; everything but ``item`` is mandatory (BW-50, KM-09).

    Attributes:
        reason: one of ``PauseReason``.
        for_whom: whom it waits for, told to the citizen.
        note: what was found or why, told to the citizen.
        expected_at: when it should go on.
        item: what is on order, for hardware.
        files: as of ``Note``; with ``shown`` they go to the citizen beside what is told.
    """

    reason: str
    for_whom: str
    note: str
    expected_at: datetime | None
    item: str = ""
    files: tuple[int, ...] = ()
    shown: bool = False


@value
class Resume:
    """Goes on after a pause, with a note (BW-07)."""

    note: str


@value
class Resolve:
    """Tugas selesai: the solution is told to the citizen (MB-22, DK-15, DK-35).

    Attributes:
        files: as of ``Note``; with ``shown`` they go to the citizen beside what is told.
    """

    solution: str
    cause: str = ""
    obstacles: str = ""
    client_note: str = ""
    files: tuple[int, ...] = ()
    shown: bool = False


# --- the end, and back ------------------------------------------------------------------------


@value
class Close:
    """After the solution: confirmed, approved, or for a reason that is told."""

    reason: str = ""


@value
class Reopen:
    """Back to work within the window, with a new promise."""

    reason: str


@value
class Reject:
    """Cannot be handled; the citizen may object once (LL-13).

    Attributes:
        code: one of the office's reasons.
        text: told to the citizen.
        rule: the rule behind it, as told; "" is the office's own for the code.
        advice: what the citizen can do instead.
    """

    code: str
    text: str
    rule: str = ""
    advice: str = ""


@value
class DecideObjection:
    """Accepted: under review again; by somebody else than who rejected."""

    accept: bool
    reason: str


@value
class Cancel:
    """Withdrawn by the reporter, who told an officer."""

    reason: str


@value
class Merge:
    """A duplicate of another ticket that runs; its people follow that one from now on."""

    into: str
    reason: str = ""


@value
class Split:
    """A message of this ticket becomes a ticket of its own, linked both ways."""

    message_id: int
    reason: str = ""


# --- what it is -------------------------------------------------------------------------------


@value
class SetPriority:
    """Promises are counted anew from receipt; the old ones stay in the history (BW-44)."""

    priority: Priority
    reason: str


@value
class Classify:
    """What the ticket is about; None leaves a field as it is. ``region_id`` 0: no region."""

    category: str | None = None
    kind: str | None = None
    unit_hint: str | None = None
    place: str | None = None
    subject: str | None = None
    region_id: int | None = None


@value
class Mark:
    """What people must know of it; None leaves a field as it is.

    Attributes:
        sensitive: seen only by those who have the right.
        about_staff_id: the person complained about; 0: nobody.
        external_ref: number at another office (KM-21).
        affected: the person concerned, where it is not the reporter (KM-26).
    """

    sensitive: bool | None = None
    about_staff_id: int | None = None
    external_ref: str | None = None
    affected: str | None = None


@value
class SetMeasure:
    """The restricted outcome for staff (LL-07); never sent out."""

    text: str


# --- words ------------------------------------------------------------------------------------


@value
class Answer:
    """A person's answer to the citizen, where the last message came from (BW-23).

    Attributes:
        text: leaves as it is.
        spoken: said face to face or by phone: kept, nothing is sent.
        guesses: confirmed that words such as "mungkin" stay in it (KM-19).
        recallable: waits some seconds before it leaves ([work] undo_seconds), and can be taken
            back meanwhile.
        files: ids of files that the same person laid down for an answer on this ticket.
    """

    text: str
    spoken: bool = False
    guesses: bool = False
    recallable: bool = False
    files: tuple[int, ...] = ()


@value
class Note:
    """An internal note; never leaves the house.

    Attributes:
        files: ids of files that the same person laid down for a note on this ticket.
    """

    text: str
    files: tuple[int, ...] = ()


@value
class AskSupervisor:
    """An internal question to the supervisor (DK-25)."""

    text: str


@value
class Instruct:
    """An instruction of leadership, for whoever has the ticket (MB-17)."""

    text: str


@value
class Escalate:
    """By hand, at any time; work and conversation go on (KM-13).

    ``level``: 1 unit supervisor, 2 leadership, 3 head of agency.
    """

    level: int
    reason: str


Act = (
    Review | Dispose | Assign | TakeBack | Approve | RefuseApproval
    | Start | PlanVisit | EnRoute | Arrive | NoteFinding | Depart
    | SetProgress | CheckStock | UseStock | Pend | Resume | Resolve
    | Close | Reopen | Reject | DecideObjection | Cancel | Merge
    | SetPriority | Classify | Mark | SetMeasure
    | Answer | Note | AskSupervisor | Instruct | Escalate
)  # fmt: skip
