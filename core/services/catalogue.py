"""The service catalogue: kept by administrators, and by supervisors for their own unit (LL-41)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.catalogue import Service, service_fault, tidy_service
from core.model.events import Fact
from core.model.sentences import said
from core.model.setting_versions import service_content, wrong_day
from core.model.work import Refusal, RefusalKind
from core.services.canned import words_for
from core.services.house import NOT_ALLOWED, actor
from core.services.wording_days import lay_down, take_back_all

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.catalogue import ServiceDraft
    from core.model.staff import Staff
    from core.ports import Desk, OpenDesk

NO_SUCH_SERVICE: Final = Refusal(
    RefusalKind.INVALID, said("Layanan ini tidak ada. Periksa daftarnya.")
)
_STALE: Final = said(
    "Layanan ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu."
)


async def add_service(
    open_desk: OpenDesk, by: Staff | None, draft: ServiceDraft, now: datetime
) -> Service | Refusal:
    """A new entry; until it begins it is kept as retired.

    Raises StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        if wrong := wrong_day(draft.begins, now) or await _wrong(desk, by, draft):
            return wrong
        plain = _drafted(Service(0, None, "", {}), draft)
        made = await desk.catalogue.add(replace(plain, retired_at=now) if draft.begins else plain)
        await _lay(desk, by, replace(made, retired_at=None), (draft.begins, now))
        await _note(desk, by, made, ("ServiceAdded", now))
        await desk.commit()
    return made


async def change_service(
    open_desk: OpenDesk,
    by: Staff | None,
    seen: tuple[int, int],
    draft: ServiceDraft | None,
    now: datetime,
) -> Service | Refusal:
    """Written anew; None retires it: shown no more, its history stays.

    Args:
        open_desk: begins a unit of work.
        by: who does it; None: the command line.
        seen: id and version as ``by`` saw it.
        draft: all of it as it is to be.
        now: aware UTC.

    Raises StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        before = await desk.catalogue.service(seen[0])
        if before is None:
            return NO_SUCH_SERVICE
        begins = draft.begins if draft else None
        wrong = await _not_so(desk, by, (before, seen[1]), draft) or wrong_day(begins, now)
        if wrong:
            return wrong
        after = _drafted(before, draft) if draft else replace(before, retired_at=now)
        if (after == before and not begins) or (before.retired_at and not draft):
            return before
        after = replace(after, version=before.version + 1)
        stands = replace(before, version=after.version) if begins else after
        await desk.catalogue.save(stands)
        if not draft:
            await take_back_all(desk, after.mark, now)
        await _lay(desk, by, after, (begins, now))
        await _note(desk, by, after, ("ServiceChanged" if draft else "ServiceRetired", now))
        await desk.commit()
    return stands


async def _lay(
    desk: Desk, by: Staff | None, service: Service, when: tuple[datetime | None, datetime]
) -> None:
    content = service_content(service)
    await lay_down(desk, (service.mark, service.version, content), (*when, actor(by)))


async def _not_so(
    desk: Desk, by: Staff | None, seen: tuple[Service, int], draft: ServiceDraft | None
) -> Refusal | None:
    before, version = seen
    if not words_for(by, before.unit_id):
        return NOT_ALLOWED
    if draft and (wrong := await _wrong(desk, by, draft)):
        return wrong
    if before.version != version:
        return Refusal(RefusalKind.STALE, _STALE, version=before.version, expected=version)
    return None


async def _wrong(desk: Desk, by: Staff | None, draft: ServiceDraft) -> Refusal | None:
    if not words_for(by, draft.unit_id):
        return NOT_ALLOWED
    field, sentence = service_fault(draft)
    if sentence:
        return Refusal(RefusalKind.INVALID, sentence, field)
    if draft.unit_id is not None and draft.unit_id not in await desk.work.units([draft.unit_id]):
        return Refusal(
            RefusalKind.INVALID, said("Unit ini tidak dikenal. Pilih dari daftar."), "unit_id"
        )
    return None


def _drafted(service: Service, draft: ServiceDraft) -> Service:
    kept = tidy_service(draft)
    return replace(
        service, unit_id=kept.unit_id, name=kept.name, parts=kept.parts, retired_at=None
    )


async def _note(
    desk: Desk, by: Staff | None, service: Service, what: tuple[str, datetime]
) -> None:
    kind, now = what
    told = {"unit": service.unit_id, "version": service.version}
    await desk.admin_history.append(service.mark, [Fact(kind, now, actor(by), told)])
