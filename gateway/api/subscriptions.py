"""Outgoing webhooks: which programs are told of events (docs/webhooks.md)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, StringConstraints

from core.model.subscription import LONGEST_URL
from core.services.subscriptions import (
    NEEDS,
    NO_SUCH,
    SubscriptionDraft,
    add_subscription,
    remove_subscription,
    renew_secret,
    resume_subscription,
    subscriptions_of,
)
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Shown

if TYPE_CHECKING:
    from typing import TypeVar

    from core.model.subscription import Subscription
    from core.model.work import Refusal
    from core.services.subscriptions import MadeSubscription

    T = TypeVar("T")

Kind = Annotated[str, StringConstraints(max_length=60)]


class SubscriptionAsked(Asked):
    """A receiver; no kinds: every kind; no unit: all tickets that you may see."""

    name: Annotated[str, StringConstraints(max_length=200)]
    url: Annotated[str, StringConstraints(max_length=LONGEST_URL)]
    kinds: Annotated[frozenset[Kind], Field(max_length=100)] = frozenset()
    unit_id: Annotated[int, Field(ge=1, le=2**53)] | None = None


class ResumeAsked(Asked):
    """Whether to leave out what was missed."""

    skip_missed: bool = False


class SubscriptionShown(Shown):
    """A receiver, and how far it was told; never its secret."""

    id: int
    name: str
    url: str
    kinds: list[str]
    unit_id: int | None
    position: str
    attempt: int
    code: str
    failing_since: datetime | None
    paused_at: datetime | None
    created_at: datetime
    created_by: str


class SubscriptionMade(Shown):
    """A receiver with the secret that signs what goes there; it is shown this once."""

    subscription: SubscriptionShown
    secret: str


class Subscriptions(Shown):
    """All receivers."""

    items: list[SubscriptionShown]


def _shown(one: Subscription) -> SubscriptionShown:
    return SubscriptionShown(
        id=one.id,
        name=one.name,
        url=one.url,
        kinds=sorted(one.kinds),
        unit_id=one.unit_id,
        position=one.position,
        attempt=one.attempt,
        code=one.code,
        failing_since=one.failing_since,
        paused_at=one.paused_at,
        created_at=one.created_at,
        created_by=one.created_by,
    )


def _found(given: T | Refusal) -> T:
    """As :func:`done`, with 404 for a receiver that is not there."""
    if given is NO_SUCH:
        raise NotDone(NOT_FOUND)
    return done(given)


def _made(made: MadeSubscription) -> Answer:
    return Answer(SubscriptionMade(subscription=_shown(made.subscription), secret=made.secret))


async def listed(call: Call) -> Answer:
    """All receivers."""
    found = done(await subscriptions_of(call.parts.store.subscriptions, call.staff))
    return Answer(Subscriptions(items=[_shown(one) for one in found]))


async def add(call: Call) -> Answer:
    """A receiver that is told of what happens from now on."""
    asked: SubscriptionAsked = call.body
    draft = SubscriptionDraft(asked.name, asked.url, asked.kinds, asked.unit_id)
    parts = call.parts
    inside = parts.settings.hooks.inside
    made = await add_subscription(parts.house, call.staff, draft, parts.store.stream, inside)
    return _made(done(made))


async def renew(call: Call) -> Answer:
    """Another secret, at once."""
    which = identity(call, "subscription")
    return _made(_found(await renew_secret(call.parts.house, call.staff, which)))


async def resume(call: Call) -> Answer:
    """Sends again, with what was missed or without; you answer for its reach from now on."""
    which = identity(call, "subscription")
    end = await call.parts.store.stream.end() if call.body.skip_missed else None
    given = await resume_subscription(call.parts.house, call.staff, which, skip_to=end)
    alive = _found(given)
    call.parts.committed()
    return Answer(_shown(alive))


async def remove(call: Call) -> Answer:
    """Nothing is sent there any more."""
    which = identity(call, "subscription")
    _found(await remove_subscription(call.parts.house, call.staff, which))
    return Answer()


ROUTES: Final = (
    Endpoint("GET", "/subscriptions", NEEDS, listed, "Outgoing webhooks", Subscriptions),
    Endpoint(
        "POST",
        "/subscriptions",
        NEEDS,
        add,
        "Tell a program of events; its secret is shown once",
        SubscriptionMade,
        asks=SubscriptionAsked,
        status=201,
    ),
    Endpoint(
        "POST",
        "/subscriptions/{subscription}/secret",
        NEEDS,
        renew,
        "Another secret for an outgoing webhook",
        SubscriptionMade,
        status=201,
    ),
    Endpoint(
        "POST",
        "/subscriptions/{subscription}/resume",
        NEEDS,
        resume,
        "Send again after a pause",
        SubscriptionShown,
        asks=ResumeAsked,
    ),
    Endpoint(
        "DELETE",
        "/subscriptions/{subscription}",
        NEEDS,
        remove,
        "Tell a program no more",
    ),
)
