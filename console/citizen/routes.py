"""Where the citizens' pages stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.citizen.lapor import FormPages, FormRules
from console.citizen.reply import ReplyPages
from console.citizen.ticket import GuessRules, TicketPages
from console.citizen.view import TicketView
from core.model.value import value

if TYPE_CHECKING:
    from console.citizen.counter import Counter
    from console.citizen.limits import Visitors
    from console.citizen.marks import Marks


@value
class PageRules:
    """The rules of all pages."""

    form: FormRules
    guesses: GuessRules


def citizen_routes(
    counter: Counter, marks: Marks, visitors: Visitors, rules: PageRules
) -> list[web.RouteDef]:
    """The routes of ``/lapor`` and ``/t``.

    The application must be protected first (``console.pages.protect``) and serve
    ``console.pages.static_routes()``.
    """
    form = FormPages(counter, marks, visitors, rules.form)
    view = TicketView(counter, marks, rules.form.upload)
    ticket = TicketPages(counter, marks, visitors, view, rules.guesses)
    reply = ReplyPages(counter, marks, visitors, view, rules.form)
    return [
        web.get("/lapor", form.show),
        # Not /lapor: a POST there would make browsers forget the form that Back must bring.
        web.post("/lapor/kirim", form.send),
        web.get("/lapor/kirim", form.again),
        web.get("/t", ticket.find),
        web.get("/t/{number}", ticket.show),
        web.post("/t/{number}", ticket.open),
        web.post("/t/{number}/kode", ticket.send_code),
        web.post("/t/{number}/keluar", ticket.leave),
        web.post("/t/{number}/balas", reply.send),
        web.get("/t/{number}/balas", reply.again),
        web.get("/t/{number}/berkas/{side}/{line}/{position}", reply.file),
        web.get("/t/{number}/konfirmasi", ticket.claimed),
        web.post("/t/{number}/konfirmasi", ticket.confirm),
    ]
