"""The public form: its door, and the counter behind its pages."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from channels.web.channel import TELLS, WebForm
from config.logs import get_logger
from console.citizen.counter import OfficeFacts, Progress
from console.citizen.lapor import FormRules
from console.citizen.limits import DAY, Visitors, Window
from console.citizen.marks import Marks
from console.citizen.routes import PageRules, citizen_routes
from console.citizen.ticket import GuessRules
from console.citizen.upload import UploadLimits, sweep
from core.errors import StoreUnavailable
from core.model.file_names import display_name
from core.model.masking import mask_address
from core.model.messages import ChannelId
from core.model.numbers import TicketNumber, parse_number
from core.model.policy import ChannelTraits
from core.model.proof import LONG, code_from, opens, token_hash
from core.model.submission import Accepted
from core.model.texts import TextForm
from core.services.following import (
    Consent,
    Left,
    Question,
    confirm,
    fresh,
    guessed_wrong,
    keep_left,
    question,
    send_code,
)
from gateway.doors.made import Made, Place
from gateway.pages import prepare_pages
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from aiohttp import web

    from config.doors.web import WebFormSettings
    from core.model.messages import Address
    from core.model.submission import Submission
    from gateway.server import Gateway

log = get_logger("web form")

FOLDER = "attachments"
"""Below ``store.data_dir``."""

MOST_ERRANDS = 200
"""Things done after the answer that may wait at one time; more are left out: a flood of guesses
must not become a queue."""


def make(place: Place, settings: WebFormSettings) -> Made:
    """The door, and the pages that stand before it."""
    door = WebForm(place.channel)

    def mount(app: web.Application, gateway: Gateway) -> None:
        prepare_pages(app)
        counter = FormCounter(gateway, door, settings, place.whole.http.public_url)
        sweep(gateway.plan.folder / FOLDER, time.time())
        marks = Marks(settings.secret.get_secret_value().encode())
        visitors = Visitors(settings.proxies)
        app.router.add_routes(citizen_routes(counter, marks, visitors, _rules(place, settings)))
        app.on_cleanup.append(counter.end)

    traits = ChannelTraits(place.channel, TextForm.CHAT, tells=TELLS, complaints_only=True)
    return Made(MountedDoor(door, (), place.pace(1.0)), traits, frozenset(), mount)


def _rules(place: Place, settings: WebFormSettings) -> PageRules:
    return PageRules(
        FormRules(
            folder=place.whole.store.data_dir / FOLDER,
            upload=UploadLimits(
                settings.max_files,
                settings.max_file_bytes,
                settings.max_upload_bytes,
                settings.upload_seconds,
            ),
            at_least=timedelta(seconds=settings.min_seconds),
            per_address=settings.forms_per_address,
            per_minute=settings.forms_per_minute,
        ),
        GuessRules(
            settings.guesses_per_address, settings.guesses_per_minute, settings.codes_per_day
        ),
    )


class FormCounter:
    """``console.citizen.counter.Counter`` on a running gateway."""

    def __init__(
        self, gateway: Gateway, door: WebForm, settings: WebFormSettings, public_url: str
    ) -> None:
        plan = gateway.plan
        self._gateway, self._plan, self._door = gateway, plan, door
        self._secret = settings.secret.get_secret_value().encode()
        self._public_url = public_url.rstrip("/")
        self._mail = ChannelId(settings.confirm_by) if settings.confirm_by else None
        self._mails = Window(settings.confirmations_per_day, DAY)
        self._errands: set[asyncio.Task[None]] = set()
        year = plan.clock.now().astimezone(plan.policy.zone).year % 100
        self.office = OfficeFacts(
            name=plan.policy.office,
            prefix=plan.policy.prefix,
            zone=plan.policy.zone,
            confirms=self._mail is not None,
            secure=self._public_url.startswith("https:"),
            example=str(TicketNumber(plan.policy.prefix, year, 4217)),
        )

    def now(self) -> datetime:
        """Aware UTC."""
        return self._plan.clock.now()

    async def take(self, submission: Submission) -> Accepted:
        """The message first, in the one transaction of intake; then what belongs to the form.

        A process that dies between the two leaves a form that was not answered: sent again, it
        finds its ticket and lays down the rest. Raises StoreUnavailable.
        """
        (receipt,) = await self._gateway.intake.take([self._door.message(submission)])
        if receipt.number is None:
            return Accepted("", "", (), receipt.repeated)
        row = await self._plan.store.reads.ticket(receipt.number)
        code = code_from(self._secret, receipt.number, LONG)
        left = Left(row.id, code, submission.received_at, submission.phone, submission.email)
        ask = self._question(receipt.number, submission)
        await keep_left(self._plan.store.desk, self._plan.policy, left, ask)
        self._wake()
        mailed = mask_address(submission.email) if ask and submission.email else ""
        return Accepted(receipt.number, code, row.promises, receipt.repeated, mailed)

    def _question(self, number: str, submission: Submission) -> Question | None:
        if self._mail is None or submission.email is None:
            return None
        if not self._mails.take("", submission.received_at):
            log.warning("no more confirmation mails today")
            return None
        cause = f"confirm {number} {submission.email.value}".encode()
        token = hmac.digest(self._secret, cause, "sha256").hex()[:32]
        page = f"{self._public_url}/t/{number}/konfirmasi"
        return question(self._mail, token, self.office.name, (number, page))

    async def opens(self, number: str, typed: str) -> bool:
        """One look-up and one comparison, whatever there is. Raises StoreUnavailable."""
        code = await self._plan.store.proofs.code(number)
        return opens(code, self._ticket_id(number), typed, self.now())

    def guessed_wrong(self, number: str) -> None:
        """Counted after the answer."""
        ticket_id = self._ticket_id(number)
        self._later(guessed_wrong(self._plan.store.desk, ticket_id, self.now()))

    def send_code(self, number: str) -> None:
        """Promised after the answer."""
        self._later(self._send_code(number))

    async def _send_code(self, number: str) -> None:
        asked = (number, secrets.token_bytes(32))
        if await send_code(self._plan.store.desk, self._plan.policy, asked, self.now()):
            self._wake()

    async def progress(self, number: str) -> Progress:
        """Raises NotFound, StoreUnavailable."""
        store = self._plan.store
        row = await store.reads.ticket(number)
        files = await store.proofs.files(number)
        names = [
            display_name(name, kind, place) for place, (name, kind) in enumerate(files, start=1)
        ]
        return Progress(row, await store.reads.history(number), names)

    async def claimed(self, number: str, token: str) -> Address | None:
        """Raises StoreUnavailable."""
        claim = await self._plan.store.proofs.claim(number, token_hash(token))
        return claim.address if claim and fresh(claim, self.now()) else None

    async def confirm(self, number: str, token: str) -> bool:
        """Raises StoreUnavailable."""
        if self._mail is None:
            return False
        row = await self._plan.store.reads.ticket(number)
        consent = Consent(number, token, row.subject, self._mail)
        done = await confirm(self._plan.store.desk, self._plan.policy, consent, self.now())
        self._wake()
        return done

    async def end(self, _app: web.Application) -> None:
        """Waits for what is under way."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=1)

    def _ticket_id(self, number: str) -> int:
        found = parse_number(self.office.prefix, number)
        return found.ticket_id if found else 0

    def _wake(self) -> None:
        for wake in self._gateway.intake.on_commit:
            wake()

    def _later(self, errand: Coroutine[object, object, object]) -> None:
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
