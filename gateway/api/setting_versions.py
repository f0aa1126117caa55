"""Every wording of a text, a canned reply or a service; those that wait are taken back (BW-14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from core.model.setting_versions import CANNED, SERVICE, first_instant, text_subject
from core.model.staff import Right
from core.model.text_library import HOME
from core.services.settings import NO_SUCH_VERSION, withdraw_version
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Keyed, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.model.setting_versions import SettingVersion

    Handler = Callable[[Call], Awaitable[Answer]]
    Subject = Callable[[Call], str]

FirstDay = Annotated[
    date | None,
    Field(description="The office's day that it holds from; null or today: from now on."),
]


class VersionShown(Shown):
    """One wording; ``content`` is what it says, by the fields of what it is a wording of.

    It waits while ``begun_at`` and ``withdrawn_at`` are null. Of those that have begun the one
    that began last holds.
    """

    version: int
    content: dict[str, Any]
    valid_from: datetime
    laid_at: datetime
    changed_by: str
    begun_at: datetime | None
    withdrawn_at: datetime | None


class Versions(Shown):
    """The newest first."""

    items: list[VersionShown]


class TextWanted(Asked):
    """Whose wording: a unit's, or with 0 the whole office's, in a language."""

    unit_id: Id = 0
    language: Literal["id", "en"] = HOME


def begins(call: Call, day: date | None) -> datetime | None:
    """When what is asked for begins to hold; None: at once."""
    return first_instant(day, call.parts.gateway.plan.policy.zone, call.now)


def _shown(one: SettingVersion) -> VersionShown:
    names = set(VersionShown.model_fields) - {"content"}
    return VersionShown(content=dict(one.held), **{name: getattr(one, name) for name in names})


def _text(call: Call) -> str:
    asked: TextWanted = call.query
    return text_subject(asked.unit_id, asked.language, call.path["key"][:80])


def _reply(call: Call) -> str:
    return f"{CANNED}:{identity(call, 'reply')}"


def _service(call: Call) -> str:
    return f"{SERVICE}:{identity(call, 'service')}"


def _versions(subject: Subject) -> Handler:
    async def versions(call: Call) -> Answer:
        """Every wording there was, and those that wait."""
        found = await call.parts.store.settings.versions(subject(call))
        return Answer(Versions(items=[_shown(one) for one in found]))

    return versions


def _withdraw(subject: Subject) -> Handler:
    async def withdraw(call: Call) -> Answer:
        """Its day changes nothing any more."""
        which = (subject(call), identity(call, "version"))
        found = await withdraw_version(call.open_desk, call.staff, which, call.now)
        if found is NO_SUCH_VERSION:
            raise NotDone(NOT_FOUND)
        return Answer(_shown(done(found)))

    return withdraw


def _routes(
    place: str, words: str, subject: Subject, rights: tuple[Any, Any]
) -> tuple[Endpoint, Endpoint]:
    query = TextWanted if subject is _text else None
    return (
        Endpoint(
            "GET",
            f"{place}/versions",
            rights[0],
            _versions(subject),
            f"Every wording of {words}",
            Versions,
            query=query,
        ),
        Endpoint(
            "POST",
            f"{place}/versions/{{version}}/withdraw",
            rights[1],
            _withdraw(subject),
            f"Take back a wording of {words} that waits for its day",
            VersionShown,
            query=query,
            keyed=Keyed.IN_ONE,
        ),
    )


ROUTES: Final = (
    *_routes("/texts/{key}", "a text", _text, (Right.ADMIN_TEXTS, Right.ADMIN_TEXTS)),
    *_routes("/canned-replies/{reply}", "an answer", _reply, (Entry.STAFF, Right.ADMIN_TEXTS)),
    *_routes("/services/{service}", "a service", _service, (Entry.STAFF, Entry.STAFF)),
)
