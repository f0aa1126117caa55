"""Where the pages of staff stand: one line each, with the right that it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.pages import worker
from console.staff.admin.routes import admin_routes
from console.staff.backdrop import Backdrop
from console.staff.canned import CannedPages, canned_routes
from console.staff.composing import ComposerPages, composer_routes
from console.staff.earlier import earlier_routes
from console.staff.files import FilePages, file_routes
from console.staff.guard import Guard
from console.staff.guide import guide_routes
from console.staff.hands.groups import Groups
from console.staff.hands.routes import hands_routes
from console.staff.inbox import Counts, InboxPages
from console.staff.kept import Turns
from console.staff.leading import leading_routes
from console.staff.live import Live, Wire
from console.staff.login import LoginPages
from console.staff.original import original_routes
from console.staff.phrases import phrases_of
from console.staff.services import ServicePages, service_routes
from console.staff.setup import setup_routes
from console.staff.sign_on.pages import sign_on_routes
from console.staff.tasks import task_routes
from console.staff.ticket import TicketPages
from console.staff.unit import unit_routes
from core.model.staff import Right

if TYPE_CHECKING:
    from console.staff.reception import Reception


def staff_routes(reception: Reception) -> list[web.RouteDef]:
    """The routes of ``/console``.

    The application must be protected first (``console.pages.protect``) and serve
    ``console.pages.static_routes()``.
    """
    guard, login = Guard(reception), LoginPages(reception)
    backdrop, wire = Backdrop(reception), Wire(reception)
    turns = Turns()
    counts = Counts(reception, turns)
    phrases = phrases_of(reception)
    inbox = InboxPages(counts, Groups(reception, backdrop, turns), backdrop)
    ticket, live = TicketPages(inbox, wire, backdrop, phrases), Live(wire)
    composer = ComposerPages(ticket)
    return [
        *_entry(guard, login),
        *sign_on_routes(guard, reception, login),
        *hands_routes(guard, inbox),
        *composer_routes(guard, composer),
        *file_routes(guard, FilePages(ticket, composer)),
        *canned_routes(guard, CannedPages(phrases)),
        *service_routes(guard, ServicePages(phrases)),
        *original_routes(guard),
        *earlier_routes(guard),
        *guide_routes(guard),
        *_desk(guard, inbox, ticket, live),
        *admin_routes(guard),
        *setup_routes(guard, reception),
        *task_routes(guard, backdrop, counts),
        *unit_routes(guard, backdrop, counts),
        *leading_routes(guard, backdrop, counts),
    ]


def _entry(guard: Guard, login: LoginPages) -> list[web.RouteDef]:
    return [
        web.get("/console/masuk", login.show),
        web.post("/console/masuk", login.enter),
        web.get("/console/undangan/{token}", login.invitation),
        web.post("/console/undangan/{token}", login.accept),
        web.get("/console/kode", guard.entry(login.ask_code)),
        web.post("/console/kode", guard.entry(login.take_code)),
        web.post("/console/kode/baru", guard.entry(login.enrol)),
        web.post("/console/keluar", guard.entry(login.leave)),
        web.get("/console/akun", guard.page(login.account)),
        web.post("/console/akun/sandi", guard.page(login.change)),
        web.post("/console/akun/sesi", guard.page(login.end)),
        web.post("/console/akun/bahasa", guard.page(login.speak)),
    ]


def _desk(guard: Guard, inbox: InboxPages, ticket: TicketPages, live: Live) -> list[web.RouteDef]:
    one = "/console/tiket/{number}"
    return [
        web.get("/console", guard.page(inbox.home)),
        web.get("/console/", guard.page(inbox.home)),
        web.get("/console/hari-ini", guard.page(inbox.today, Right.VIEW)),
        web.get("/console/angka", guard.page(inbox.numbers, Right.VIEW)),
        web.get("/console/langsung", guard.page(live.events, Right.VIEW)),
        web.get("/console/kabel.js", worker),
        web.get("/console/kotak/{kotak}", guard.page(inbox.box, Right.VIEW)),
        web.get("/console/kotak/{kotak}/{number}", guard.page(ticket.show, Right.VIEW)),
        web.get(one, guard.page(ticket.show, Right.VIEW)),
        web.get(f"{one}/cerita", guard.page(ticket.story, Right.VIEW)),
        web.post(f"{one}/{{tindakan:answer|note}}", guard.taking(ticket.compose, Right.VIEW)),
        web.post(f"{one}/{{tindakan}}", guard.page(ticket.do, Right.VIEW)),
    ]
