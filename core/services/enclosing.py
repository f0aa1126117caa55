"""Files beside what staff write: laid down while somebody writes, gone with what is sent (§9).

The bytes lie in the folder of attachments already and have been examined; here the rows are
written that say to whom and what they belong. What is sent takes them by their ids
(``core.model.acts.Answer``, ``Note``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.act_rules import NAMES, RULES, UNENTITLED, entitled
from core.model.drafts import DraftKind
from core.model.enclosing import size_words
from core.model.scene import not_allowed
from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.drafts import DraftFile
    from core.model.work import Actor, Refusal, WorkTicket
    from core.ports import Desk, OpenDesk


@value
class Room:
    """How much one answer or note may bring.

    Attributes:
        files: at most so many.
        file_bytes: of the largest one; all_bytes: of all together.
    """

    files: int
    file_bytes: int
    all_bytes: int


def may_enclose(actor: Actor, ticket: WorkTicket, kind: DraftKind) -> bool:
    """Whether this person may write so on this ticket, and so lay files beside it."""
    return entitled(actor, RULES[NAMES[kind.value]].right, ticket)


async def enclose(
    open_desk: OpenDesk, actor: Actor, ticket: WorkTicket, room: Room, files: Sequence[DraftFile]
) -> Sequence[DraftFile] | Refusal:
    """Lays files beside what the actor writes; all of them or none.

    Args:
        open_desk: begins a unit of work.
        actor: whose draft it is.
        ticket: as its reader may see it.
        room: the office's limits.
        files: new ones of one kind, on this ticket, of this actor.

    Returns:
        them with their ids, or why they are too many.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    if not files:
        return ()
    kind = files[0].kind
    if not may_enclose(actor, ticket, kind):
        return UNENTITLED
    async with open_desk() as desk:
        there = await desk.drafts.files(ticket.id, files[0].staff_id, kind)
        # The same file once more: its sender did not hear that it had come.
        known = {old.stored_as: old for old in there}
        if why := _why_full(room, [*there, *(one for one in files if one.stored_as not in known)]):
            return not_allowed(why, "files")
        laid = [
            known.get(one.stored_as) or replace(one, id=await desk.drafts.enclose(one))
            for one in files
        ]
        await desk.commit()
    return laid


def _why_full(room: Room, files: Sequence[DraftFile]) -> str:
    if len(files) > room.files:
        return said(
            "Paling banyak {files} berkas. Hapus dahulu yang tidak perlu.", files=room.files
        )
    if sum(file.size for file in files) > room.all_bytes:
        return said(
            "Semua lampiran bersama paling besar {most}.",
            most=size_words(room.all_bytes),
        )
    return ""


async def _own(desk: Desk, actor: Actor, ticket: WorkTicket, file_id: int) -> DraftFile:
    if actor.staff_id is not None:
        for kind in DraftKind:
            for one in await desk.drafts.files(ticket.id, actor.staff_id, kind):
                if one.id == file_id:
                    return one
    raise NotFound(file_id)


async def take_away(
    open_desk: OpenDesk, actor: Actor, ticket: WorkTicket, file_id: int
) -> DraftFile:
    """Ends the wait of one file; whoever asked sees to its bytes.

    Raises:
        NotFound: no such file waits there, or it is somebody else's.
        StoreUnavailable: it waits on.
    """
    async with open_desk() as desk:
        found = await _own(desk, actor, ticket, file_id)
        await desk.drafts.release([file_id])
        await desk.commit()
    return found
