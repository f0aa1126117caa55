"""The policy of promises: what holds, what held before, and what a change would do (BW-14)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field

from core.model.policy_preview import worked_receipts
from core.model.sla import Matter
from core.model.staff import Right
from core.model.ticket import Priority  # noqa: TC001 - pydantic reads it
from core.services.policies import Question, Rulebook, preview_policy, put_policy
from gateway.api.deadlines import countable
from gateway.api.documents import Toml  # noqa: TC001 - pydantic reads it
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Shown
from gateway.api.ticket_models import Name  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from core.model.calendar import Calendar
    from core.model.policy_documents import PolicyDocument
    from core.model.policy_preview import Preview, WorkedReceipt

MOST_RECEIPTS: Final = 20


class PolicyShown(Shown):
    """One version as TOML; new promises are made by the one whose ``valid_from`` came last."""

    version: int
    document: str
    valid_from: datetime
    changed_by: str


class Policies(Shown):
    """The newest first."""

    items: list[PolicyShown]


class PolicyAsked(Asked):
    """The whole document; what it leaves out is as the built-in policy has it."""

    document: Toml


class PolicyPut(PolicyAsked):
    """``valid_from`` later than now: it holds from then on by itself; null: at once."""

    valid_from: AwareDatetime | None = None


class PreviewAsked(PolicyAsked):
    """Receipts to count, none: the worked cases of next week; and what the messages are about."""

    receipts: list[Annotated[AwareDatetime, AfterValidator(countable)]] = Field(
        default=[], max_length=MOST_RECEIPTS
    )
    category: Name = ""
    unit: Name = ""
    channel: Name = ""


class ComparedShown(Shown):
    """One promise under the policy that holds, and under the one that is meant."""

    target: str
    before: datetime
    after: datetime


class WorkedShown(Shown):
    """What a message of this priority is promised that is received then."""

    priority: Priority
    received: datetime
    promises: list[ComparedShown]


class LimitShown(Shown):
    """How long a ticket may stand still for a reason; null: as long as it takes."""

    reason: str
    before: str | None
    after: str | None


class PreviewShown(Shown):
    """What would change.

    ``running`` tickets have a promise that runs and is not broken; ``differing`` of them would be
    promised another length today, and keep theirs.
    """

    calendar: str
    receipts: list[WorkedShown]
    limits: list[LimitShown]
    running: int
    differing: int


def _shown(found: PolicyDocument) -> PolicyShown:
    return PolicyShown(**{name: getattr(found, name) for name in PolicyShown.model_fields})


def _worked(one: WorkedReceipt) -> WorkedShown:
    promises = [
        ComparedShown(target=each.target, before=each.before, after=each.after)
        for each in one.promises
    ]
    return WorkedShown(priority=one.priority, received=one.received, promises=promises)


def _preview(found: Preview, calendar: Calendar) -> PreviewShown:
    return PreviewShown(
        calendar=calendar.name,
        receipts=[_worked(one) for one in found.receipts],
        limits=[
            LimitShown(
                reason=one.reason,
                before=one.before.written if one.before else None,
                after=one.after.written if one.after else None,
            )
            for one in found.limits
        ],
        running=found.running,
        differing=found.differing,
    )


def _book(call: Call) -> Rulebook:
    store = call.parts.store
    return Rulebook(
        call.open_desk,
        call.parts.house.clock,
        call.parts.gateway.plan.policy.channels,
        store.units,
        store.policies,
    )


async def newest(call: Call) -> Answer:
    """The policy that holds; the ETag is that of the one laid down last."""
    found = await call.parts.store.policies.holding(call.now)
    if found is None:
        raise NotDone(NOT_FOUND)
    return Answer(_shown(found), await call.parts.store.policies.version())


async def versions(call: Call) -> Answer:
    """Every version there was."""
    found = await call.parts.store.policies.versions()
    return Answer(Policies(items=[_shown(one) for one in found]))


async def one_version(call: Call) -> Answer:
    """One of them, as it was."""
    found = await call.parts.store.policies.one(identity(call, "version"))
    return Answer(_shown(found), found.version)


async def put(call: Call) -> Answer:
    """A new version; new promises go by it, running tickets keep theirs."""
    version = call.version
    if version is None:
        version = await call.parts.store.policies.version()
    asked: PolicyPut = call.body
    made = done(
        await put_policy(_book(call), call.staff, version, asked.document, asked.valid_from)
    )
    return Answer(_shown(made), made.version)


async def preview(call: Call) -> Answer:
    """What it would change; nothing is kept."""
    asked: PreviewAsked = call.body
    calendar = await _calendar(call, asked.unit)
    question = Question(
        text=asked.document,
        held=call.parts.gateway.plan.policy.sla_now,
        calendar=calendar,
        receipts=asked.receipts or worked_receipts(calendar, call.now),
        matter=Matter(asked.category, asked.unit, asked.channel),
    )
    found = done(await preview_policy(_book(call), call.staff, question))
    return Answer(_preview(found, calendar))


async def _calendar(call: Call, code: str) -> Calendar:
    """The unit's, or the office's. Raises NotDone: there is no such unit."""
    if not code:
        return call.parts.work.calendar("")
    units = await call.parts.store.units.units(retired=True)
    unit = next((one for one in units if one.code == code), None)
    if unit is None:
        raise NotDone(unprocessable("Unit ini tidak dikenal. Pilih dari daftar.", "unit"))
    return call.parts.work.calendar(unit.calendar)


ADMIN: Final = Right.ADMIN_POLICIES
ROUTES: Final = (
    Endpoint("GET", "/sla-policy", Entry.STAFF, newest, "What is promised", PolicyShown),
    Endpoint(
        "PUT",
        "/sla-policy",
        ADMIN,
        put,
        "A new version of what is promised",
        PolicyShown,
        asks=PolicyPut,
        versioned=True,
    ),
    Endpoint(
        "POST",
        "/sla-policy/preview",
        ADMIN,
        preview,
        "What another policy would change; nothing is kept",
        PreviewShown,
        asks=PreviewAsked,
    ),
    Endpoint(
        "GET", "/sla-policy/versions", ADMIN, versions, "Every version of the policy", Policies
    ),
    Endpoint(
        "GET",
        "/sla-policy/versions/{version}",
        ADMIN,
        one_version,
        "One version of the policy",
        PolicyShown,
    ),
)
