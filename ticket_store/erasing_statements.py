"""What stands in rows where somebody stood: columns with what they hold afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, case, cast, select

from core.model.attachments import AttachmentState
from core.model.erasure import MARK, SUBJECT
from core.model.outbox import OutboxState
from ticket_store.schema import (
    addresses,
    approvals,
    assignments,
    breaches,
    contacts,
    dispositions,
    escalations,
    messages,
    notes,
    outbox,
    participants,
    pauses,
    surveys,
    ticket_work,
    tickets,
    units,
    visits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select, Table

TICKET: Final[Mapping[str, Any]] = {
    "status_reason": "",
    "unit_hint": "",
    "place": "",
    "subject": SUBJECT,
    "description": SUBJECT,
    "match_text": "",
}
"""Status, times, priority, category, language, channel and counts stay."""

DETAILS: Final[tuple[tuple[Table, Mapping[str, Any]], ...]] = (
    (
        ticket_work,
        {
            "solution": "",
            "cause": "",
            "obstacles": "",
            "client_note": "",
            "internal_measure": "",
            "external_ref": "",
            "affected": "",
        },
    ),
    (dispositions, {"instruction": MARK}),
    (assignments, {"reason": "", "equipment": ""}),
    (pauses, {"note": MARK, "for_whom": MARK}),
    (visits, {"finding": ""}),
    (approvals, {"reason": ""}),
    (escalations, {"reason": MARK}),
    (breaches, {"reason": MARK}),
    (notes, {"text": MARK}),
    (surveys, {"comment": ""}),
)
"""Everything that people typed about a ticket; who did what and when stays."""

MESSAGE: Final[Mapping[str, Any]] = {
    # Providers put numbers and mail addresses into their ids; ours stay unique.
    "external_id": "erased-" + cast(messages.c.id, Text),
    "subject": None,
    "text": MARK,
    "html": "",
    "sender_name": None,
    "recipient": "",
    "note": "",
    "thread_id": None,
    "edits": None,
    "raw": b"",
}

_PENDING: Final = (
    OutboxState.WAITING,
    OutboxState.CLAIMED,
    OutboxState.IN_DOUBT,
    OutboxState.HELD,
)
LETTER: Final[Mapping[str, Any]] = {
    "text": MARK,
    "reason": "",
    "state": case(
        (outbox.c.state.in_([one.value for one in _PENDING]), OutboxState.WITHDRAWN.value),
        else_=outbox.c.state,
    ),
}

FILE_LEFT: Final[Mapping[str, Any]] = {
    "reference": "",
    "filename": None,
    "state": AttachmentState.UNAVAILABLE.value,
    "due_at": None,
    "stored_as": None,
    "sha256": None,
    "reason": SUBJECT,
}
SENT_FILE_LEFT: Final[Mapping[str, Any]] = {"stored_as": "", "filename": MARK}

OFFICE: Final = (
    select(units.c.id)
    .where(units.c.address_kind == addresses.c.kind, units.c.address == addresses.c.value)
    .exists()
)
"""Whether an address is a partner's (KM-18); for statements over ``addresses``."""


def unreferenced(ids: Sequence[int]) -> Select[tuple[int]]:
    """Of these addresses those without a ticket, a message, a survey or a part in a ticket."""
    held = [
        select(table.c.address_id).where(table.c.address_id == addresses.c.id).exists()
        for table in (tickets, messages, participants, surveys)
    ]
    return select(addresses.c.id).where(addresses.c.id.in_(ids), *(~one for one in held))


def unreachable(ids: Sequence[int]) -> Select[tuple[int]]:
    """Of these contacts those without any address."""
    known = select(addresses.c.id).where(addresses.c.contact_id == contacts.c.id).exists()
    return select(contacts.c.id).where(contacts.c.id.in_(ids), ~known)
