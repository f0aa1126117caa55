"""An act that may arrive twice: its effect once, however often a bad line sends it.

The mark of the form is claimed in the transaction of the act, on the shelf that the API's
``Idempotency-Key`` uses. A refusal claims nothing, so that the mended form may come again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model.act_rules import sees
from core.model.sentences import said
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.work import Done, Order, act_at

if TYPE_CHECKING:
    from core.model.acts import Act
    from core.model.scene import WorkPolicy
    from core.model.work import WorkTicket
    from core.ports import Desk, OpenDesk


SYSTEM_MARK: Final = "system"

OTHERWISE: Final = Refusal(
    RefusalKind.ALREADY,
    said("Formulir ini sudah pernah terkirim dengan isi lain. Periksa tiketnya, lalu kirim lagi."),
)
"""The same mark with other words: a page that was gone back to."""

_CHANGED: Final = said("Sementara itu ada kabar baru di tiket ini. Baca dahulu, lalu kirim lagi.")


@value
class FormMark:
    """What makes one sending of a form known again.

    Attributes:
        key: unique to the person; chosen by the page.
        digest: of what was asked for.
        seen: the last event that the person has seen: news of others after it is told instead of
            acting; None: they do not matter to this act.
        besides: laid down with it where it is done; what the rules refuse of it is left out.
    """

    key: str
    digest: str
    seen: int | None = None
    besides: tuple[Act, ...] = ()


@value
class Repeated:
    """It was done before; nothing was done now."""

    number: str


async def act_once(
    open_desk: OpenDesk, policy: WorkPolicy, order: Order, mark: FormMark
) -> Done | Repeated | Refusal:
    """Does it, says that it was done before, or why not; in one transaction.

    Args:
        open_desk: begins a unit of work.
        policy: the office's settings.
        order: who wants what; by somebody of the staff.
        mark: of the form.

    Raises:
        NotFound, Conflict, StoreUnavailable: as ``core.services.work.act``.
    """
    staff_id = order.actor.staff_id or 0
    async with open_desk() as desk:
        # First of all: a second sending waits here for the end of the first.
        if not await desk.answers.claim(staff_id, mark.key, mark.digest, order.now):
            found = await desk.answers.find(staff_id, mark.key)
            same = found is not None and found.request_hash == mark.digest
            return Repeated(order.number) if same else OTHERWISE
        ticket = await desk.work.load(order.number)
        if ticket is None or not sees(order.actor, ticket):
            raise NotFound(order.number)
        if mark.seen is not None and (news := await _news(desk, order, ticket, mark.seen)):
            return news
        outcome = await act_at(desk, policy, order)
        if isinstance(outcome, Done):
            outcome = await _besides(desk, policy, order, (mark.besides, outcome))
            await desk.commit()
    return outcome


async def _news(desk: Desk, order: Order, ticket: WorkTicket, seen: int) -> Refusal | None:
    """What others than the person and the house itself did since."""
    own = (order.actor.mark, SYSTEM_MARK)
    changes = [one for one in await desk.work.since(ticket.id, seen) if one.actor not in own]
    if not changes:
        return None
    return Refusal(RefusalKind.STALE, _CHANGED, version=ticket.version, changes=tuple(changes))


async def _besides(
    desk: Desk, policy: WorkPolicy, order: Order, what: tuple[tuple[Act, ...], Done]
) -> Done:
    acts, done = what
    for one in acts:
        more = await act_at(desk, policy, _order(order, one))
        if isinstance(more, Done):
            done = Done(more.ticket, (*done.events, *more.events), done.told)
    return done


def _order(order: Order, act: Act) -> Order:
    """The same person, the same ticket, another act; whatever version it has by now."""
    return Order(order.actor, order.number, act, order.now)
