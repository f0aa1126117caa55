"""The public form: its door, and the counter behind its pages."""

from __future__ import annotations

import hmac
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from channels.web.channel import TELLS, WebForm
from config.logs import get_logger
from console.citizen.account import account_routes
from console.citizen.lapor import FormRules
from console.citizen.limits import DAY, Visitors, Window
from console.citizen.marks import Marks
from console.citizen.register import register_routes
from console.citizen.routes import PageRules, citizen_routes
from console.citizen.services import service_page_routes
from console.citizen.survey import survey_routes
from console.citizen.ticket import GuessRules
from console.citizen.upload import UploadLimits, sweep
from core.model.enclosing import MIB, Carriage
from core.model.links import SignedLinks
from core.model.masking import mask_address
from core.model.messages import ChannelId
from core.model.numbers import parse_number
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
from gateway.attachment_folder import FOLDER
from gateway.doors.made import Made, Place
from gateway.doors.people_counter import GatewayPeople
from gateway.doors.ticket_counter import TicketCounter
from gateway.house import open_house
from gateway.pages import prepare_pages
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from aiohttp import web

    from config.doors.web import WebFormSettings
    from core.model.messages import Address
    from core.model.submission import Submission
    from gateway.server import Gateway

log = get_logger("web form")

SURVEYS = "/s/"
"""Where the pages of surveys lie; what follows names the ticket."""

REGISTRATIONS = "/daftar/"
"""Where the pages of registration lie; what follows names the address."""


def make(place: Place, settings: WebFormSettings) -> Made:
    """The door, and the pages that stand before it."""
    door = WebForm(place.channel)
    base = place.whole.http.public_url.rstrip("/")
    key = settings.secret.get_secret_value().encode()
    links = SignedLinks(f"{base}{SURVEYS}", key)
    registering = SignedLinks(f"{base}{REGISTRATIONS}", key, b"registration")

    def mount(app: web.Application, gateway: Gateway) -> None:
        prepare_pages(app)
        counter = FormCounter(gateway, door, links, settings)
        sweep(gateway.plan.folder / FOLDER, time.time())
        marks = Marks(links.key)
        visitors = Visitors(settings.proxies)
        app.router.add_routes(citizen_routes(counter, marks, visitors, _rules(place, settings)))
        app.router.add_routes(survey_routes(counter))
        app.router.add_routes(service_page_routes(counter))
        house = open_house(place.whole, gateway.plan.store, gateway.plan.clock)
        rule = place.whole.office.registration_nik
        people = GatewayPeople(gateway, house, counter, registering, rule)
        app.router.add_routes(register_routes(people, visitors, settings.forms_per_address))
        guesses = _rules(place, settings).guesses
        app.router.add_routes(account_routes(people, marks, visitors, guesses))
        app.on_cleanup.append(counter.end)

    traits = ChannelTraits(
        place.channel,
        TextForm.CHAT,
        tells=TELLS,
        complaints_only=True,
        page=True,
        carries=Carriage("halaman tiket", 20, 100 * MIB),
    )
    mounted = MountedDoor(door, (), place.pace(20.0))
    return Made(
        *(mounted, traits, frozenset(), mount),
        survey_link=links,
        registration_link=registering,
        ticket_link=lambda number: f"{base}/t/{number}",
    )


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


class FormCounter(TicketCounter):
    """``console.citizen.counter.Counter`` on a running gateway."""

    def __init__(
        self, gateway: Gateway, door: WebForm, links: SignedLinks, settings: WebFormSettings
    ) -> None:
        pages = links.base.removesuffix(SURVEYS)
        super().__init__(gateway, door, links, pages, confirms=settings.confirm_by is not None)
        self._mail = ChannelId(settings.confirm_by) if settings.confirm_by else None
        self._mails = Window(settings.confirmations_per_day, DAY)

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
        page = f"{self.office.address}/t/{number}/konfirmasi"
        return question(self._mail, token, self.office.name, (number, page))

    async def opens(self, number: str, typed: str) -> bool:
        """One look-up and one comparison, whatever there is. Raises StoreUnavailable."""
        code = await self._plan.store.proofs.code(number)
        return opens(code, self._ticket_id(number), typed, self.now())

    def guessed_wrong(self, number: str) -> None:
        """Counted after the answer."""
        ticket_id = self._ticket_id(number)
        self.later(guessed_wrong(self._plan.store.desk, ticket_id, self.now()))

    def send_code(self, number: str) -> None:
        """Promised after the answer."""
        self.later(self._send_code(number))

    async def _send_code(self, number: str) -> None:
        asked = (number, secrets.token_bytes(32))
        if await send_code(self._plan.store.desk, self._plan.policy, asked, self.now()):
            self._wake()

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

    def _ticket_id(self, number: str) -> int:
        found = parse_number(self.office.prefix, number)
        return found.ticket_id if found else 0
