"""Writing: drafts that are kept while somebody types, and gone when the text is sent (KM-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.act_rules import NAMES, RULES, UNENTITLED, entitled
from core.model.drafts import LONGEST_DRAFT, Draft
from core.model.scene import invalid
from core.model.sentences import said
from core.services.work import SENT_AS, Done, act_at

if TYPE_CHECKING:
    from core.model.scene import WorkPolicy
    from core.model.work import Actor, Refusal, WorkTicket
    from core.ports import OpenDesk
    from core.services.work import Order


async def keep(
    open_desk: OpenDesk, actor: Actor, ticket: WorkTicket, draft: Draft
) -> Refusal | None:
    """Keeps what somebody has typed so far; an empty text ends the draft.

    Args:
        open_desk: begins a unit of work.
        actor: whose draft it is.
        ticket: as its reader may see it.
        draft: of this actor, on this ticket.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    if not entitled(actor, RULES[NAMES[draft.kind.value]].right, ticket):
        return UNENTITLED
    if len(draft.text) > LONGEST_DRAFT:
        return invalid("text", said("Teks paling panjang 20.000 huruf."))
    if "\x00" in draft.text or (not draft.text.isascii() and _halves(draft.text)):
        return invalid("text", said("Teks memuat karakter yang tidak dapat disimpan."))
    async with open_desk() as desk:
        if draft.text.strip():
            await desk.drafts.put(draft)
        else:
            await desk.drafts.remove(draft.ticket_id, draft.staff_id, draft.kind)
        await desk.commit()
    return None


def _halves(text: str) -> bool:
    """Whether half a sign stands in it, which no store can keep."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


async def send(open_desk: OpenDesk, policy: WorkPolicy, order: Order) -> Done | Refusal:
    """As ``core.services.work.act``; the writer's draft goes in the same unit of work.

    A refused text keeps its draft. Raises as ``act``.
    """
    async with open_desk() as desk:
        done = await act_at(desk, policy, order)
        if isinstance(done, Done):
            kind, staff_id = SENT_AS.get(type(order.act)), order.actor.staff_id
            if kind is not None and staff_id is not None:
                await desk.drafts.remove(done.ticket.id, staff_id, kind)
            await desk.commit()
    return done
