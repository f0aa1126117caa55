"""What reporter and office said to each other about a ticket, for the reporter's own page.

Messages of the reporter's addresses, texts that went to them, and answers given by word of mouth.
What partners and strangers wrote, and what staff were told, belongs to others and is not read.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from core.model.attachments import AttachmentState
from core.model.file_names import display_name
from core.model.masking import mask_address, mask_identity
from core.model.messages import Address, AddressKind
from core.model.text_defaults import DEFAULTS
from core.model.text_template import SMS
from core.model.views import Side, Spoken, SpokenFile
from ticket_store.intake_work import SPOKEN
from ticket_store.letters import TELLABLE
from ticket_store.schema import (
    addresses,
    attachments,
    messages,
    notes,
    outbox,
    outbox_files,
    participants,
    tickets,
)
from ticket_store.standing import padded
from ticket_store.work_reading import REPORTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ticket_store.standing import Found

_TOLD: Final = sorted({key.removesuffix(SMS) for key in DEFAULTS} | {"answer"})
"""Purposes of what citizens are told; staff may have the same address as a reporter."""

_TICKET: BindParameter[int] = bindparam("ticket_id")
_OWN = (
    select(tickets.c.address_id)
    .where(tickets.c.id == _TICKET)
    .union(
        select(participants.c.address_id).where(
            participants.c.ticket_id == _TICKET, participants.c.role == REPORTER
        )
    )
)
_IN = (
    select(
        messages.c.id,
        messages.c.received_at.label("at"),
        messages.c.text,
        messages.c.channel,
        messages.c.kind.label("taken_for"),
        messages.c.entered_by,
        addresses.c.kind,
        addresses.c.value,
    )
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(
        messages.c.ticket_id == _TICKET,
        messages.c.address_id.in_(_OWN),
        messages.c.kind != "auto_reply",
    )
)
_OUT = select(
    outbox.c.id,
    outbox.c.created_at.label("at"),
    outbox.c.text,
    outbox.c.channel,
    outbox.c.purpose,
    outbox.c.state,
    outbox.c.delivery,
    outbox.c.recipient_kind.label("kind"),
    outbox.c.recipient.label("value"),
).where(
    outbox.c.ticket_id == _TICKET,
    outbox.c.address_id.in_(_OWN),
    outbox.c.purpose.in_(_TOLD),
    TELLABLE,
)
_SAID = select(notes.c.id, notes.c.at, notes.c.text).where(
    notes.c.ticket_id == _TICKET, notes.c.kind == SPOKEN
)
_FILES_IN = (
    select(attachments)
    .where(attachments.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(attachments.c.message_id, attachments.c.position)
)
_FILES_OUT = (
    select(outbox_files)
    .where(outbox_files.c.outbox_id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox_files.c.outbox_id, outbox_files.c.position)
)


async def read_spoken(connection: AsyncConnection, ticket_id: int) -> list[Spoken]:
    """The lines, oldest first; at the same instant the citizen speaks first."""
    wanted = {"ticket_id": ticket_id}
    coming = (await connection.execute(_IN, wanted)).all()
    going = (await connection.execute(_OUT, wanted)).all()
    said = (await connection.execute(_SAID, wanted)).all()
    files_in = await _files(connection, _FILES_IN, "message_id", coming)
    files_out = await _files(connection, _FILES_OUT, "outbox_id", going)
    lines = [
        *(_inbound(row, files_in.get(row.id, ())) for row in coming),
        *(_outbound(row, files_out.get(row.id, ())) for row in going),
        *(Spoken(row.id, Side.SPOKEN, row.at, mask_identity(row.text)) for row in said),
    ]
    return sorted(lines, key=lambda one: (one.at, one.side is not Side.REPORTER, one.id))


async def _files(
    connection: AsyncConnection,
    statement: Any,  # noqa: ANN401 - one of the two selects above
    owner: str,
    rows: Iterable[Found],
) -> Mapping[int, Sequence[SpokenFile]]:
    ids = [row.id for row in rows]
    found: dict[int, list[SpokenFile]] = defaultdict(list)
    if ids:
        made = _received if owner == "message_id" else _sent
        for row in await connection.execute(statement, {"ids": padded(ids)}):
            found[getattr(row, owner)].append(made(row))
    return found


def _received(row: Found) -> SpokenFile:
    """A reporter's own file; one that was found suspicious is not handed out again."""
    state = AttachmentState(row.state)
    stored = state is AttachmentState.STORED
    known = row.found_type or row.content_type
    return SpokenFile(
        position=row.position,
        filename=display_name(row.filename, known, row.position),
        size=row.found_size if stored else row.size,
        stored_as=row.stored_as if stored else None,
        waiting=state is AttachmentState.WAITING,
    )


def _sent(row: Found) -> SpokenFile:
    return SpokenFile(row.position, row.filename, row.size, row.stored_as)


def _inbound(row: Found, files: Sequence[SpokenFile]) -> Spoken:
    return Spoken(
        id=row.id,
        side=Side.REPORTER,
        at=row.at,
        text=mask_identity(row.text),
        channel=row.channel,
        kind=AddressKind(row.kind),
        who=mask_address(Address(AddressKind(row.kind), row.value)),
        entered=bool(row.entered_by),
        command=row.taken_for == "command",
        files=tuple(files),
    )


def _outbound(row: Found, files: Sequence[SpokenFile]) -> Spoken:
    return Spoken(
        id=row.id,
        side=Side.OFFICE,
        at=row.at,
        text=mask_identity(row.text),
        channel=row.channel,
        kind=AddressKind(row.kind),
        who=mask_address(Address(AddressKind(row.kind), row.value)),
        purpose=row.purpose,
        state=row.delivery or row.state,
        files=tuple(files),
    )
