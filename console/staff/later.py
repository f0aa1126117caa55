"""Wordings for a later day: the day of a form, what waits, and taking it back (BW-14)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.sheet import names_of
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.setting_versions import first_instant
from core.model.work import Refusal, RefusalKind
from core.services.settings import NO_SUCH_VERSION, withdraw_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from console.staff.visit import Visit
    from core.model.setting_versions import SettingVersion

_UNREADABLE: Final = N_("Tulis tanggal, misalnya 2026-11-23.")


def begins(visit: Visit) -> datetime | Refusal | None:
    """From when on a wording is to hold, as typed; None: at once."""
    given = visit.form.get("valid_from", "").strip()
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        return Refusal(RefusalKind.INVALID, _UNREADABLE, "valid_from")
    return first_instant(day, visit.reception.zone, visit.now())


async def waiting(
    visit: Visit, kind: str, shown: Callable[[SettingVersion], dict[str, Any] | None]
) -> list[dict[str, Any]]:
    """What waits of this kind, by its day, for the list above the forms.

    Args:
        visit: of whoever looks.
        kind: of setting.
        shown: the name, the words and the address of one; None leaves it out.
    """
    found = await visit.reception.store.settings.waiting(kind)
    names = await names_of(visit) if found else {}
    return [
        {
            **told,
            "version": one.version,
            "when": moment(one.valid_from, visit.reception.zone, visit.words),
            "by": names.get(one.changed_by, one.changed_by),
        }
        for one in found
        if (told := shown(one)) is not None
    ]


async def take_back(visit: Visit, subject: str) -> Refusal | None:
    """Takes back the version that the form names. Raises NotFound: there is none such."""
    which = (subject, whole(visit.form.get("version")) or 0)
    done = await withdraw_version(visit.reception.store.desk, visit.staff, which, visit.now())
    if done is NO_SUCH_VERSION:
        raise NotFound(subject)
    return done if isinstance(done, Refusal) else None
