"""What could not be read or delivered: looked at, read anew, sent again; nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.admin.sheet import (
    failed_of,
    number_of,
    saved,
    sheet,
    status_of,
)
from console.staff.admin.technical import plainly
from console.wording import kept_words, moment
from core.errors import NotFound
from core.model.masking import mask_address, mask_identity
from core.model.messages import ChannelId
from core.model.outbox import OutboxState
from core.model.work import Refusal
from core.services.doors import release

if TYPE_CHECKING:
    from console.staff.visit import Visit
    from core.model.quarantine import Parked
    from core.model.undelivered import Undelivered

MOST: Final = 200
SHOWN_BYTES: Final = 4_000
RESULTS: Final = {
    "taken": N_("Terbaca dan sudah diterima."),
    "ignored": N_("Terbaca; tidak ada yang perlu dilakukan."),
    "unreadable": N_("Masih tidak terbaca."),
    "failed": N_("Terbaca, tetapi belum dapat diterima."),
    "no_door": N_("Kanal ini tidak dapat membacanya lagi."),
}


class QuarantinePages:
    """Payloads that could not be read."""

    async def rows(self, visit: Visit) -> web.StreamResponse:
        """What waits, the newest first; with ``semua`` also what was read anew."""
        everything = visit.request.query.get("semua") == "1"
        async with visit.reception.store.desk() as desk:
            found = await desk.parked.parked(done=everything)
        rows = [_parked(visit, one) for one in reversed(found[-MOST:])]
        values = {"rows": rows, "more": max(0, len(found) - MOST), "everything": everything}
        return sheet(visit, "karantina", "quarantine.html", values)

    async def row(self, visit: Visit) -> web.StreamResponse:
        """One of them, as far as it can be shown."""
        return await self._row(visit, {})

    async def _row(self, visit: Visit, became: dict[str, Any]) -> web.StreamResponse:
        parked, raw = await _payload(visit)
        shown = raw[:SHOWN_BYTES].decode("utf-8", "replace")
        values = {
            "row": _parked(visit, parked) | {"frame": parked.frame},
            "text": mask_identity(shown),
            "cut": len(raw) > SHOWN_BYTES,
            "became": became,
        }
        return sheet(visit, "karantina", "payload.html", values)

    async def download(self, visit: Visit) -> web.StreamResponse:
        """The bytes as they came; may hold what a citizen wrote."""
        parked, raw = await _payload(visit)
        name = f"payload-{parked.id}.bin"
        headers = {"Content-Disposition": f"attachment; filename={name}"}
        return web.Response(body=raw, content_type="application/octet-stream", headers=headers)

    async def reread(self, visit: Visit) -> web.StreamResponse:
        """Reads it with today's code, and takes in what is understood."""
        parked, _ = await _payload(visit)
        fate = await visit.reception.back_office.reread(parked, visit.staff)
        visit.reception.committed()
        words = visit.words(RESULTS[fate.result])
        became = {"good": fate.taken, "words": words, "detail": plainly(fate.detail, visit.words)}
        return await self._row(visit, {**became, "numbers": fate.numbers})


class UndeliveredPages:
    """Outgoing messages that are not tried any more."""

    async def letters(self, visit: Visit) -> web.StreamResponse:
        """The oldest first; a page is as long as one looks at."""
        return await self._letters(visit)

    async def _letters(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        after = number_of(visit.request.query.get("sesudah", "")) or 0
        async with visit.reception.store.desk() as desk:
            found = await desk.undelivered.parked(None, after, MOST + 1)
        dead = {one.channel for one in found if one.state is OutboxState.DEAD}
        values: dict[str, Any] = {
            "letters": [_letter(visit, one) for one in found[:MOST]],
            "channels": sorted(dead),
            "next": found[MOST - 1].id if len(found) > MOST else 0,
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "again", why)
        return sheet(
            visit, "tidak-terkirim", "undelivered.html", values, status_of(why) if why else 200
        )

    async def again(self, visit: Visit) -> web.StreamResponse:
        """One of them, or all dead ones of a door."""
        channel = ChannelId(visit.form.get("channel", "")[:64])
        written = visit.form.get("letter", "")
        ids = [number_of(written) or 0] if written else []
        done = await release(visit.reception.store.desk, visit.staff, channel, ids, visit.now())
        if isinstance(done, Refusal):
            return await self._letters(visit, done)
        visit.reception.committed()
        return saved(visit, "tidak-terkirim", "diulang")


async def _payload(visit: Visit) -> tuple[Parked, bytes]:
    """Raises NotFound."""
    row = visit.identity()
    async with visit.reception.store.desk() as desk:
        found = await desk.parked.parked(ids=[row], done=True)
        if not found:
            raise NotFound(visit.request.path)
        return found[0], await desk.parked.raw(row)


def _parked(visit: Visit, parked: Parked) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "id": parked.id,
        "channel": parked.channel,
        "at": moment(parked.at, zone, visit.words),
        "sentence": mask_identity(plainly(parked.sentence, visit.words)),
        "size": parked.size,
        "done": moment(parked.replayed_at, zone, visit.words) if parked.replayed_at else "",
    }


def _letter(visit: Visit, letter: Undelivered) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "id": letter.id,
        "channel": letter.channel,
        "dead": letter.state is OutboxState.DEAD,
        "to": mask_address(letter.recipient),
        "number": letter.number or "",
        "text": mask_identity(letter.text[:200]),
        "why": " ".join(filter(None, (kept_words(letter.reason, visit.words), letter.code))),
        "attempt": letter.attempt,
        "tried": moment(letter.tried_at or letter.created_at, zone, visit.words),
    }
