"""The policy of promises by form: lengths, limits, rules for some tickets, who is told."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.policies import PART, Tried, tried_out
from console.staff.admin.policy_fields import MATTER, faults, fields, step, typed, whole
from console.staff.admin.policy_words import ROLES, SINCE, UNITS, holding, preview_words
from console.staff.admin.sheet import failed_of, options, saved, sheet, status_of
from console.staff.guard import AWAY
from console.staff.shown import PROMISES
from core.errors import StoreUnavailable
from core.model.clock import PauseReason
from core.model.faults import DocumentError
from core.model.hints import CATEGORIES
from core.model.policy_differences import LENGTHS
from core.model.sla_document import read_policy
from core.model.sla_writing import write_document
from core.model.suggestion import category_word
from core.model.ticket import Priority
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.admin.policy_fields import Document
    from console.staff.visit import Visit
    from core.model.policy_preview import Preview

CHECK: Final = N_("Ada isian yang belum benar. Perbaiki yang ditandai, lalu coba lagi.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows besides the document.

    Attributes:
        where: to go on within the page after a step.
        faults: what is wrong, by field.
        lost: the store is away: nothing of it can be shown.
    """

    where: str = ""
    faults: dict[str, str] | None = None
    preview: Preview | None = None
    why: Refusal | None = None
    lost: bool = False


class PolicyForm:
    """One page: begun with what holds, or with what was typed."""

    async def form(self, visit: Visit) -> web.StreamResponse:
        """What holds, in fields."""
        newest = await visit.reception.store.policies.newest()
        document = tomllib.loads(newest.document) if newest else {}
        began = whole(holding(visit, newest), document)
        return await self._show(visit, began, Sheet(), newest.version if newest else 0)

    async def save(self, visit: Visit) -> web.StreamResponse:
        """A row more or less, a look at what would change, or the next version."""
        document = typed(visit.form)
        try:
            if visit.form.get("langkah"):
                where = step(document, visit.form["langkah"])
                return await self._show(visit, document, Sheet(where=where))
            tried = await self._tried(visit, document)
            if isinstance(tried, Sheet):
                return await self._show(visit, document, tried)
        except StoreUnavailable:
            why = Refusal(RefusalKind.INVALID, AWAY)
            return await self._show(visit, document, Sheet(why=why, lost=True))
        return saved(visit, PART)

    async def _tried(self, visit: Visit, document: Document) -> Sheet | None:
        """None: it holds now."""
        wrong = _faults(visit, document)
        if wrong:
            return Sheet(faults=wrong, why=Refusal(RefusalKind.INVALID, CHECK))
        look = bool(visit.form.get("lihat"))
        tried: Tried = await tried_out(visit, write_document(document), only_looked_at=look)
        if tried.why is not None and tried.why.faults:
            return Sheet(
                faults=faults(tried.why.faults, document, visit.words),
                why=Refusal(RefusalKind.INVALID, CHECK),
            )
        if tried.why is None and tried.preview is None:
            return None
        return Sheet(preview=tried.preview, why=tried.why)

    async def _show(
        self, visit: Visit, document: Document, shown: Sheet, version: int = 0
    ) -> web.StreamResponse:
        values: dict[str, Any] = {
            **_choices(visit),
            "held": fields(document),
            "steps": _places(document),
            "rules": len(document["override"]),
            "units": [] if shown.lost else await _units(visit),
            "begins": visit.form.get("valid_from", ""),
            "version": visit.form.get("version", version),
            "where": shown.where,
            "faults": shown.faults or {},
            "preview": preview_words(visit, shown.preview) if shown.preview else None,
        }
        status = 200
        if shown.why is not None:
            values["failed"] = await failed_of(visit, "janji", shown.why)
            status = 503 if shown.lost else status_of(shown.why)
        return sheet(visit, PART, "policy_form.html", values, status)


def _faults(visit: Visit, document: Document) -> dict[str, str]:
    """What is wrong before the store is asked."""
    try:
        read_policy(document)
    except DocumentError as error:
        return faults(error.faults, document, visit.words)
    return faults((), document, visit.words)


def _places(document: Document) -> dict[str, int]:
    """How many steps each list of reporting has, by its key."""
    whole_ones = {key: document[key] for key in ("answer_escalate", "pending_escalate")}
    own = {
        f"promises.{priority}.escalate": promises["escalate"]
        for priority, promises in document["promises"].items()
    }
    return {key: len(steps) for key, steps in (own | whole_ones).items()}


def _choices(visit: Visit) -> dict[str, Any]:
    """What the fields offer, in the language of the visit."""
    say = visit.words
    return {
        "priorities": options((one.value, say(one.word)) for one in reversed(Priority)),
        "lengths": options((one, say(PROMISES[one])) for one in LENGTHS),
        "measures": options((one.value, say(words)) for one, words in UNITS.items()),
        "reasons": options((one.value, say(one.word).capitalize()) for one in PauseReason),
        "roles": options((role, say(words)) for role, words in ROLES.items()),
        "since": options((key, say(words)) for key, words in SINCE.items()),
        "matter": MATTER,
        "categories": sorted(
            options((one, say(category_word(one)).capitalize()) for one in CATEGORIES),
            key=lambda pair: pair[1],
        ),
        "channels": options(
            (one, str(one)) for one in sorted(visit.reception.back_office.rulebook.channels)
        ),
    }


async def _units(visit: Visit) -> list[tuple[str, str]]:
    units = await visit.reception.store.units.units()
    return options((one.code, one.name) for one in units)
