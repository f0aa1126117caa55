"""Outgoing messages by hand: an answer taken back before it left, a failed one sent once more.

Neither is an act of the table (core/model/act_rules.py): both are about one message, which is
locked together with its ticket. Everything is laid down in one unit of work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.act_rules import UNENTITLED, entitled, sees
from core.model.drafts import Draft, DraftKind
from core.model.letters import PARKED, recalled, sent_again
from core.model.scene import Scene, not_allowed
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal
from core.services.work import carry_out

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.letters import SentLetter
    from core.model.scene import WorkPolicy
    from core.model.work import Actor, WorkTicket
    from core.ports import Desk, OpenDesk
    from core.services.work import Done

_NOT_YOURS = not_allowed(said("Jawaban hanya dapat ditarik oleh yang menulisnya."))


@value
class LetterOrder:
    """What somebody wants done with an outgoing message.

    Attributes:
        number: of its ticket, canonical.
        letter: id of the message, as in the ticket's thread.
        now: aware UTC.
    """

    actor: Actor
    number: str
    letter: int
    now: datetime


async def recall(open_desk: OpenDesk, policy: WorkPolicy, order: LetterOrder) -> Done | Refusal:
    """Takes an answer back that has not left; its text is a draft of its writer again.

    Raises:
        NotFound: no such ticket or message, or none that the actor may know of.
        Conflict, StoreUnavailable: nothing was kept; the answer leaves.
    """
    async with open_desk() as desk:
        ticket, letter = await _loaded(desk, order)
        if not entitled(order.actor, Right.REPLY, ticket):
            return UNENTITLED
        if letter.seq is None or not await _own(desk, order, ticket, letter.seq):
            return _NOT_YOURS
        later = await desk.letters.answered_after(ticket.id, letter.id)
        scene = Scene(ticket, order.actor, policy, order.now)
        made = recalled(scene, letter, answered_since=later)
        if isinstance(made, Refusal):
            return made
        await desk.letters.withdraw(letter.id)
        done = await carry_out(desk, scene, made)
        await _back_into_draft(desk, order, (letter, done.ticket.version))
        await desk.commit()
    return done


async def send_again(
    open_desk: OpenDesk, policy: WorkPolicy, order: LetterOrder
) -> Done | Refusal:
    """Tries once more what did not arrive, once however often it is asked for.

    What never reached the provider waits again itself. What the provider took and could not
    deliver stays as it is, and a copy of it is laid down.

    Raises as :func:`recall`.
    """
    async with open_desk() as desk:
        ticket, letter = await _loaded(desk, order)
        if not entitled(order.actor, Right.REPLY, ticket):
            return UNENTITLED
        scene = Scene(ticket, order.actor, policy, order.now)
        made = sent_again(scene, letter)
        if isinstance(made, Refusal):
            return made
        if letter.state in PARKED:
            await desk.letters.wait_again(letter.id, order.now)
        elif not await desk.letters.copy(letter.id, f"{letter.key}:again", order.now):
            return not_allowed(said("Pesan ini sudah dikirim lagi. Lihat percakapan tiketnya."))
        done = await carry_out(desk, scene, made)
        await desk.commit()
    return done


async def _loaded(desk: Desk, order: LetterOrder) -> tuple[WorkTicket, SentLetter]:
    """Ticket and message, both locked, the ticket first. Raises NotFound."""
    ticket = await desk.work.load(order.number)
    if ticket is None or not sees(order.actor, ticket):
        raise NotFound(order.number)
    letter = await desk.letters.letter(order.letter)
    if letter is None or letter.ticket_id != ticket.id:
        raise NotFound(order.letter)
    return ticket, letter


async def _own(desk: Desk, order: LetterOrder, ticket: WorkTicket, seq: int) -> bool:
    events = await desk.work.since(ticket.id, seq - 1)
    return any(one.seq == seq and one.actor == order.actor.mark for one in events)


async def _back_into_draft(desk: Desk, order: LetterOrder, what: tuple[SentLetter, int]) -> None:
    """What was begun meanwhile stays below it."""
    letter, version = what
    if order.actor.staff_id is None or letter.ticket_id is None:
        return
    begun = await desk.drafts.text(letter.ticket_id, order.actor.staff_id, DraftKind.ANSWER)
    text = f"{letter.text}\n\n{begun}" if begun else letter.text
    draft = Draft(
        letter.ticket_id, order.actor.staff_id, DraftKind.ANSWER, text, version, order.now
    )
    await desk.drafts.put(draft)
    await desk.drafts.reclaim(letter.id, draft)
