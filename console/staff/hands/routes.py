"""Where the pages of fast hands stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.staff.boxes import TRAY
from console.staff.hands import bulk, entry, filters
from console.staff.hands.search import SearchPages
from console.staff.hands.tray import TrayPages
from core.model.staff import Right

if TYPE_CHECKING:
    from console.staff.guard import Guard
    from console.staff.inbox import InboxPages


def hands_routes(guard: Guard, inbox: InboxPages) -> list[web.RouteDef]:
    """Search, chosen lines, kept lists, reports taken, the tray."""
    search = SearchPages(inbox)
    return [
        *_entries(guard),
        *_tray(guard, TrayPages(inbox)),
        web.get("/console/cari", guard.page(search.show, Right.VIEW)),
        web.post("/console/cari", guard.page(search.ask, Right.VIEW)),
        web.post("/console/borongan", guard.page(bulk.choose, Right.VIEW)),
        web.post("/console/borongan/{tindakan}", guard.page(bulk.carry_out, Right.VIEW)),
        web.post("/console/saringan", guard.page(filters.keep, Right.VIEW)),
        web.post("/console/saringan/{saringan}/hapus", guard.page(filters.drop, Right.VIEW)),
    ]


def _entries(guard: Guard) -> list[web.RouteDef]:
    new, papers = "/console/laporan/baru", "/console/laporan/kotak-saran"
    return [
        web.get(new, guard.page(entry.ask, Right.ENTER)),
        web.post(new, guard.page(entry.take, Right.ENTER)),
        web.get(papers, guard.page(entry.ask_papers, Right.ENTER)),
        web.post(papers, guard.page(entry.take_papers, Right.ENTER)),
        web.get("/console/tiket/{number}/cetak", guard.page(entry.slip, Right.VIEW)),
    ]


def _tray(guard: Guard, tray: TrayPages) -> list[web.RouteDef]:
    one = "/console/belum-terpilah/{pesan}"
    return [
        web.get(f"/console/kotak/{TRAY}", guard.page(tray.show, Right.CLASSIFY)),
        web.post(f"{one}/tiket", guard.page(tray.take_out, Right.ENTER)),
        web.post(f"{one}/gabung", guard.page(tray.join, Right.CLASSIFY)),
    ]
