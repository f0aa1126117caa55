"""What is promised: in words, every version with what it changed, and the document behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.faults import told
from console.staff.admin.policy_words import (
    changes,
    holding,
    limits,
    override_words,
    preview_words,
    row,
    steps,
    version,
)
from console.staff.admin.sheet import (
    as_file,
    failed_of,
    given_document,
    history_of,
    names_of,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.staff.shown import PROMISES
from console.typed import instant
from console.wording import moment
from core.errors import NotFound
from core.model.policy_documents import SUBJECT, parse_policy
from core.model.policy_preview import COMPARED, worked_receipts
from core.model.sla import ANY_MATTER
from core.model.ticket import Priority
from core.model.work import Refusal, RefusalKind
from core.services.policies import Question, preview_policy, put_policy

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.policy_documents import PolicyDocument
    from core.model.policy_preview import Preview

PART: Final = "janji"
_UNREADABLE: Final = N_("Tulis tanggal dan jam, misalnya 2026-11-23 09:30.")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a policy that was sent.

    Attributes:
        preview: what it would change; None: it was not asked for, or not good.
        why: the refusal; None: it was good.
        text: the document; "": that of the store.
    """

    text: str = ""
    preview: Preview | None = None
    why: Refusal | None = None


class PolicyPages:
    """The policy that holds, every version there was, the document."""

    # --- looking -------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.StreamResponse:
        """What holds, in words."""
        reads = visit.reception.store.policies
        begun = await reads.holding(visit.now())
        held = holding(visit, begun)
        names = await names_of(visit)
        values: dict[str, Any] = {
            "columns": [visit.words(PROMISES[name]) for name in COMPARED],
            "rows": [
                row(visit, visit.words(one.word), held.targets[one]) for one in reversed(Priority)
            ],
            "steps": [
                (visit.words(one.word), steps(visit, held.targets[one].steps))
                for one in reversed(Priority)
            ],
            "overrides": [override_words(visit, one) for one in held.overrides],
            "limits": limits(visit, held),
            "warn": held.warn_percent,
            "holds": begun.version if begun else 0,
            "since": moment(begun.valid_from, visit.reception.zone, visit.words) if begun else "",
            "versions": [version(visit, one, names) for one in await reads.versions()],
            "history": await history_of(visit, SUBJECT),
        }
        return sheet(visit, PART, "policy.html", values)

    async def version(self, visit: Visit) -> web.StreamResponse:
        """One of them with what it changed. NotFound for one that there is not."""
        reads = visit.reception.store.policies
        found = await reads.one(visit.identity())
        earlier = [one for one in await reads.versions() if one.version < found.version]
        compared = _chosen(visit, earlier)
        values = {
            "one": version(visit, found, await names_of(visit)),
            "document": found.document,
            "earlier": [one.version for one in earlier],
            "compared": compared.version if compared else 0,
            "changes": changes(
                visit, parse_policy(compared.document), parse_policy(found.document)
            )
            if compared
            else [],
        }
        return sheet(visit, PART, "policy_version.html", values)

    async def document(self, visit: Visit) -> web.StreamResponse:
        """The whole of it, for whoever writes TOML."""
        return await self._document(visit, Tried())

    async def download(self, visit: Visit) -> web.StreamResponse:
        """The document as a file. NotFound while there is none."""
        newest = await visit.reception.store.policies.newest()
        if newest is None:
            raise NotFound(SUBJECT)
        return as_file(newest.document, "janji-layanan.toml")

    async def _document(self, visit: Visit, tried: Tried) -> web.StreamResponse:
        newest = await visit.reception.store.policies.newest()
        stored = newest.document if newest else ""
        values: dict[str, Any] = {
            "document": tried.text or stored,
            "stored": stored,
            "begins": visit.form.get("valid_from", ""),
            "version": newest.version if newest else 0,
            "since": moment(newest.valid_from, visit.reception.zone, visit.words)
            if newest
            else "",
            "preview": preview_words(visit, tried.preview) if tried.preview else None,
        }
        if tried.why is not None:
            values["failed"] = await failed_of(visit, "policy", tried.why)
            values["faults"] = [told(one, visit.words) for one in tried.why.faults]
        status = status_of(tried.why) if tried.why else 200
        return sheet(visit, PART, "policy_document.html", values, status)

    # --- doing ---------------------------------------------------------------------------------

    async def put(self, visit: Visit) -> web.StreamResponse:
        """What a document would change, or the document as the next version."""
        text = await given_document(visit)
        tried = await tried_out(visit, text, only_looked_at=bool(visit.form.get("preview")))
        if tried.preview is None and tried.why is None:
            return saved(visit, PART)
        return await self._document(visit, tried)


async def tried_out(visit: Visit, text: str, *, only_looked_at: bool) -> Tried:
    """What a policy would change, or the policy laid down. Raises StoreUnavailable, Conflict."""
    book = visit.reception.back_office.rulebook
    if not only_looked_at:
        begins = _begins(visit)
        if isinstance(begins, Refusal):
            return Tried(text, why=begins)
        done = await put_policy(book, visit.staff, version_of(visit), text, begins)
        if isinstance(done, Refusal):
            return Tried(text, why=done)
        visit.reception.committed()
        return Tried(text)
    calendar, now = visit.reception.back_office.calendars.of(""), visit.now()
    asked = Question(
        text=text,
        held=visit.reception.work.office.sla_now,
        calendar=calendar,
        receipts=worked_receipts(calendar, now),
        matter=ANY_MATTER,
    )
    found = await preview_policy(book, visit.staff, asked)
    if isinstance(found, Refusal):
        return Tried(text, why=found)
    return Tried(text, preview=found)


def _begins(visit: Visit) -> datetime | Refusal | None:
    """From when on it is to hold, as typed in the office's zone; None: at once."""
    given = visit.form.get("valid_from", "").strip()
    found = instant(given, visit.reception.zone) if given else None
    if given and found is None:
        return Refusal(RefusalKind.INVALID, _UNREADABLE, "valid_from")
    return found


def _chosen(visit: Visit, earlier: list[PolicyDocument]) -> PolicyDocument | None:
    """The version that another is compared with: the one asked for, else the one before."""
    asked = visit.request.query.get("dengan", "")
    found = next((one for one in earlier if str(one.version) == asked), None)
    return found or next(iter(earlier), None)
