"""The counter behind the pages of tickets and surveys, on a running gateway."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from channels.web.channel import page_id
from config.logs import get_logger
from console.citizen.counter import Download, OfficeFacts, Progress, Rating
from core.errors import NotFound, StoreUnavailable
from core.model.acts_approval import AFTER
from core.model.catalogue import by_unit
from core.model.messages import DeliveryReport, DeliveryState
from core.model.numbers import TicketNumber
from core.model.offers import offered, takes_words, window_end
from core.model.proof import LONG, code_from
from core.model.submission import Accepted
from core.model.survey import is_late
from core.model.survey_items import newest
from core.model.views import Side
from core.services.following import Left, keep_left
from core.services.surveys import Answered, answer, skip
from gateway.attachment_folder import FOLDER, AttachmentFolder

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from datetime import datetime

    from aiohttp import web

    from channels.web.channel import WebForm
    from core.model.catalogue import Service
    from core.model.links import SignedLinks
    from core.model.messages import Address
    from core.model.submission import Said
    from core.model.survey import Score
    from core.model.views import Spoken
    from gateway.server import Gateway

log = get_logger("ticket page")

MOST_SERVICES = 500
"""Entries of the catalogue on one page."""

MOST_ERRANDS = 200
"""Things done after the answer that may wait at one time; more are left out: a flood of guesses
must not become a queue."""


class TicketCounter:
    """Tickets and surveys, as ``console.citizen.counter`` asks for them.

    Args:
        gateway: running.
        door: of the pages.
        links: addresses of surveys.
        pages: address of all pages, without a last slash.
    """

    def __init__(
        self, gateway: Gateway, door: WebForm, links: SignedLinks, pages: str, *, confirms: bool
    ) -> None:
        plan = gateway.plan
        self._gateway, self._plan, self._door = gateway, plan, door
        self._links, self._secret = links, links.key
        # For looking up alone: how much may come in is nothing to it.
        self._folder = AttachmentFolder(plan.folder / FOLDER, 0, 0)
        self._errands: set[asyncio.Task[None]] = set()
        year = plan.clock.now().astimezone(plan.policy.zone).year % 100
        self.office = OfficeFacts(
            name=plan.policy.office,
            prefix=plan.policy.prefix,
            zone=plan.policy.zone,
            confirms=confirms,
            secure=pages.startswith("https:"),
            example=str(TicketNumber(plan.policy.prefix, year, 4217)),
            address=pages,
            channel=str(door.id),
            reopening=plan.policy.reopening,
        )

    def now(self) -> datetime:
        """Aware UTC."""
        return self._plan.clock.now()

    # --- a ticket ---

    async def progress(self, number: str) -> Progress:
        """Raises NotFound, StoreUnavailable."""
        store, policy, now = self._plan.store, self._plan.policy, self.now()
        ticket = await store.work.ticket(number)
        told = await store.surveys.about(ticket.id)
        # Done, but not to be told before somebody has approved it.
        untold = told is None or not told.solved or ticket.approval == AFTER
        rateable = not untold and not (told and told.state and told.state.over)
        return Progress(
            ticket=ticket,
            history=await store.reads.history(number),
            talk=await store.proofs.conversation(number),
            offers=offered(policy, ticket, now),
            words=takes_words(policy, ticket, now),
            until=window_end(policy, ticket),
            survey=f"/s/{self._links.token(ticket.id)}" if rateable else "",
        )

    async def sender(self, number: str) -> Address:
        """Whose words those on this page are. Raises NotFound, StoreUnavailable."""
        reporter = await self._plan.store.proofs.reporter(number)
        if reporter is None:
            raise NotFound(number)
        return reporter.address

    async def say(self, said: Said) -> Accepted:
        """Through intake, as from any channel. Raises StoreUnavailable.

        Words that come too late to reopen a ticket open another one: its number and code are
        shown at once, for no text leaves by this door.
        """
        (receipt,) = await self._gateway.intake.take([self._door.said(said)])
        if receipt.number in (None, said.number):
            return Accepted(said.number, "", (), receipt.repeated)
        return await self._opened(str(receipt.number), said.received_at, receipt.repeated)

    async def _opened(self, number: str, at: datetime, repeated: bool) -> Accepted:  # noqa: FBT001 - as the receipt says
        row = await self._plan.store.reads.ticket(number)
        code = code_from(self._secret, number, LONG)
        await keep_left(self._plan.store.desk, self._plan.policy, Left(row.id, code, at), None)
        self._wake()
        return Accepted(number, code, row.promises, repeated)

    def seen(self, talk: Sequence[Spoken]) -> None:
        """What lay on the page for the reporter alone has been read now."""
        unread = [
            DeliveryReport(self._door.id, page_id(one.id), DeliveryState.READ, self.now(), one.id)
            for one in talk
            if one.side is Side.OFFICE
            and one.channel == self._door.id
            and one.state == DeliveryState.SENT
        ]
        if unread:
            self.later(self._gateway.reports.take(unread))

    async def file(self, number: str, side: Side, line: int, position: int) -> Download:
        """Raises NotFound, StoreUnavailable."""
        talk = await self._plan.store.proofs.conversation(number)
        files = (
            file
            for one in talk
            if (one.side, one.id) == (side, line)
            for file in one.files
            if file.position == position and file.stored_as is not None
        )
        found = next(files, None)
        path = self._folder.path_of(found.stored_as) if found and found.stored_as else None
        if found is None or path is None:
            raise NotFound(number)
        return Download(path, found.filename)

    async def services(self) -> Sequence[tuple[str, Sequence[Service]]]:
        """Raises StoreUnavailable."""
        found = await self._plan.store.catalogue.find((), MOST_SERVICES)
        units = {one.id: one.name for one in await self._plan.store.units.units()}
        return by_unit(found, units, self.office.name)

    # --- a survey ---

    async def rating(self, token: str) -> Rating:
        """Raises NotFound, StoreUnavailable."""
        found = await self._plan.store.surveys.about(self._rated(token))
        if found is None:
            raise NotFound("survey")  # noqa: EM101 - there is no number to name
        answered = found.state.answered_at if found.state else None
        limit = self._plan.policy.survey_late
        late = is_late(found.invited_at, answered or self.now(), limit)
        items = newest(await self._plan.store.surveys.items())
        return Rating(found.number, found.solved, found.state, late, items)

    async def rate(self, token: str, scores: Sequence[Score], comment: str) -> None:
        """What is refused (too early, answered already) the page tells anyway.

        Raises NotFound, StoreUnavailable.
        """
        given = Answered(self._rated(token), tuple(scores), comment=comment)
        await answer(self._plan.store.desk, self._plan.policy, given, self.now())
        self._wake()

    async def skip(self, token: str) -> None:
        """Raises NotFound, StoreUnavailable."""
        await skip(self._plan.store.desk, self._rated(token), self.now())
        self._wake()

    def _rated(self, token: str) -> int:
        ticket_id = self._links.read(token)
        if ticket_id is None:
            raise NotFound("survey")  # noqa: EM101 - nothing that was not given out is repeated
        return ticket_id

    # --- after the answer ---

    async def end(self, _app: web.Application) -> None:
        """Waits for what is under way."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=1)

    def _wake(self) -> None:
        self._gateway.intake.committed()

    def later(self, errand: Coroutine[object, object, object]) -> None:
        """Has it done after the answer; left out where too many wait already."""
        if len(self._errands) >= MOST_ERRANDS:
            errand.close()
            return
        task = asyncio.create_task(_quietly(errand), name="citizen's errand")
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


async def _quietly(errand: Coroutine[object, object, object]) -> None:
    try:
        await errand
    except StoreUnavailable as away:
        log.warning("left undone", why=str(away))
    except Exception:
        log.exception("errand failed")
