"""A technician's day on a telephone: the tasks in their order, and one page for each of them.

The pages are small and work by plain forms. ``tugas.js`` keeps what was typed and pressed while
there is no line and sends it when there is one again; to it the same forms answer in JSON.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.coming_in import USUAL_END, note_presence
from console.staff.deeds import BY_NAME
from console.staff.doing import carry_out, changes_of, failure_of, fresh_mark
from console.staff.seen import note_reading
from console.staff.task_shown import (
    FILED,
    HEARD,
    SHOWABLE,
    UNTOUCHED_BY_NEWS,
    about,
    card_of,
    offers,
    waiting_files,
)
from console.staff.ticket import STATUS_OF
from console.staff.writing import files_words
from console.typed import instant
from console.wording import clock_time
from core.errors import NotFound
from core.model.acts import Note
from core.model.field import day_of
from core.model.staff import Right
from core.model.work import Refusal
from core.services.once import Repeated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.backdrop import Backdrop
    from console.staff.guard import Guard
    from console.staff.inbox import Counts
    from console.staff.visit import Visit
    from core.model.acts import Act
    from core.services.work import Done

MOST: Final = 200
"""Tasks of one person; nobody holds that many."""

LATE: Final = timedelta(minutes=5)
"""What was pressed longer ago than this is noted with the time at which it was."""

OLDEST: Final = timedelta(days=3)
"""A telephone's clock that is farther off is wrong."""

DAY_FIGURES: Final = 3
"""What runs, is due, is late: one row of a telephone."""

PATIENCE: Final = 5.0
"""Seconds for which the first page waits for its figures: nothing renews them there."""

DONE: Final = N_("Tercatat.")
REPEATED: Final = N_("Ini sudah tercatat sebelumnya.")


class TaskPages:
    """The handlers of ``/console/tugas``.

    Args:
        backdrop: names of colleagues.
        counts: of the boxes, shared by all pages of the process.
    """

    def __init__(self, backdrop: Backdrop, counts: Counts) -> None:
        self._backdrop, self._counts = backdrop, counts

    async def day(self, visit: Visit) -> web.StreamResponse:
        """All tasks of whoever looks, in the order of the day."""
        return await self._day(visit, 200, "")

    async def _day(self, visit: Visit, status: int, sentence: str) -> web.StreamResponse:
        store, now, zone = visit.reception.store, visit.now(), visit.reception.zone
        found = await store.oversight.tasks(visit.scope(), visit.staff.id, MOST)
        day = day_of(found, now, zone)
        present = visit.staff.present_until
        values: dict[str, object] = {
            "parts": [
                (visit.words(words), [card_of(one, now, zone, visit.words) for one in tasks])
                for words, tasks in (
                    (N_("Sedang dijalani"), day.under_way),
                    (N_("Hari ini"), day.today),
                    (N_("Berikutnya"), day.later),
                    (N_("Menunggu"), day.waiting),
                )
            ],
            "count": len(found),
            "until": clock_time(present, zone) if present and present > now else "",
            "usual": USUAL_END,
            "room": files_words(visit),
            "sentence": sentence,
            **await self._counts.today(visit, DAY_FIGURES, PATIENCE),
        }
        return visit.page("tasks.html", values, status)

    async def here(self, visit: Visit) -> web.StreamResponse:
        """One comes in, or goes."""
        made = await note_presence(visit, visit.staff.id)
        if isinstance(made, Refusal):
            return await self._day(visit, STATUS_OF[made.kind], visit.words(made.sentence))
        return visit.go("/console/tugas")

    async def mark(self, visit: Visit) -> web.StreamResponse:
        """Who is in, and the mark of forms: for what was kept longer than a session."""
        return web.json_response({"me": visit.staff.id, "csrf": visit.csrf})

    # --- one task ------------------------------------------------------------------------------

    async def task(self, visit: Visit) -> web.StreamResponse:
        """One task with its steps."""
        return await self._task(visit, 200, {})

    async def _task(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        found = await visit.reception.store.lists.dossier(visit.scope(), visit.ticket_number(), 0)
        if await note_reading(visit, found):
            self._counts.read(visit, found.ticket.status)
        handling = await visit.reception.store.lists.handling(visit.scope(), found.ticket.number)
        names = await self._backdrop.names(visit.words)
        now, later = offers(found.ticket, visit.staff)
        done = {"tercatat": DONE, "sudah": REPEATED}.get(visit.request.query.get("kabar", ""), "")
        values = {
            "ticket": about(visit, found, handling, names),
            "now": now,
            "later": later,
            "failed": failed,
            "told": visit.words(done) if done else "",
            "fresh_mark": fresh_mark,
            "untouched": UNTOUCHED_BY_NEWS,
            "filed": FILED,
            "showable": SHOWABLE,
            "room": files_words(visit),
            "kept_files": await waiting_files(visit, found.ticket),
        }
        return visit.page("task.html", values, status)

    async def do(self, visit: Visit) -> web.StreamResponse:
        """Carries out a step; a refusal shows its form again with what was typed."""
        name, number = visit.request.match_info["tindakan"], visit.ticket_number()
        if name not in HEARD:
            raise NotFound(name)
        scripted = "application/json" in visit.request.headers.get("Accept", "")
        late = _besides(visit, name)
        made = await carry_out(visit, name, besides=late, refused_files=not scripted)
        if scripted:
            return await _told(visit, number, made)
        if isinstance(made, Refusal):
            failed = failure_of(visit, name, number, made)
            return await self._task(visit, STATUS_OF[made.kind], failed)
        news = "sudah" if isinstance(made, Repeated) else "tercatat"
        return visit.go(f"/console/tugas/{number}?kabar={news}")


async def _told(visit: Visit, number: str, made: Done | Repeated | Refusal) -> web.Response:
    """For the script; where others did something meanwhile, with how far one has seen now."""
    say = visit.words
    if not isinstance(made, Refusal):
        repeated = isinstance(made, Repeated)
        state, sentence = ("repeated", REPEATED) if repeated else ("done", DONE)
        return web.json_response({"state": state, "sentence": say(sentence)})
    told: dict[str, object] = {
        "state": "refused",
        "sentence": say(made.sentence),
        "field": made.field,
        "changes": [say(one) for one in changes_of(made)],
    }
    if made.changes:
        ticket = await visit.reception.store.lists.one(visit.scope(), number)
        told["seen"] = ticket.event_seq
    return web.json_response(told, status=STATUS_OF[made.kind])


def _besides(visit: Visit, name: str) -> tuple[Act, ...]:
    """A note of when it was pressed, for what came late because there was no line."""
    now, zone = visit.now(), visit.reception.zone
    pressed = instant(visit.form.get("ditekan"))
    if pressed is None or not LATE < now - pressed < OLDEST:
        return ()
    words = BY_NAME[name].words if name in BY_NAME else N_("Catatan internal")
    at, came = clock_time(pressed, zone), clock_time(now, zone)
    day = f"{pressed.astimezone(zone):%d/%m} "
    return (Note(f"“{words}” ditekan {day}pukul {at} tanpa jaringan, diterima pukul {came}."),)


def task_routes(guard: Guard, backdrop: Backdrop, counts: Counts) -> list[web.RouteDef]:
    """For whoever works on tickets."""
    pages, one = TaskPages(backdrop, counts), "/console/tugas/{number}"
    return [
        web.get("/console/tugas", guard.page(pages.day, Right.WORK)),
        web.get("/console/tugas/tanda", guard.page(pages.mark, Right.WORK)),
        web.post("/console/tugas/hadir", guard.page(pages.here, Right.WORK)),
        web.get(one, guard.page(pages.task, Right.WORK)),
        web.post(f"{one}/{{tindakan}}", guard.taking(pages.do, Right.WORK)),
    ]
