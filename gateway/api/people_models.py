"""What of staff, sessions and tokens goes out and comes in; never a hash, a secret or a seed."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from core.model.credentials import LONGEST_LOGIN, LONGEST_PASSWORD
from core.model.rights import rights_of
from core.model.staff import Right, Role  # noqa: TC001 - pydantic reads them
from gateway.api.table import Asked, Shown

if TYPE_CHECKING:
    from core.model.credentials import ApiToken, Session
    from core.model.staff import Staff
    from core.services.entry import Here

Line = Annotated[str, StringConstraints(max_length=200)]
Id = Annotated[int, Field(ge=0, le=2**53)]
Password = Annotated[str, StringConstraints(max_length=LONGEST_PASSWORD)]
Login = Annotated[str, StringConstraints(max_length=LONGEST_LOGIN)]
Code = Annotated[str, StringConstraints(max_length=16)]


# --- coming in -----------------------------------------------------------------------------------


class LoginAsked(Asked):
    """Login, password and, where one is enrolled, the code of the second factor."""

    login: Login
    password: Password
    code: Code = ""


class CodeAsked(Asked):
    """Six digits of the second factor."""

    code: Code


class PasswordAsked(Asked):
    """A new password for oneself."""

    old: Password
    new: Password


class InvitationTaken(Asked):
    """A link of an invitation, and the password that it is used for."""

    token: Line
    password: Password


class EnrolmentShown(Shown):
    """For an authenticator app, once: the secret to type, and as an address for a QR code."""

    secret: str
    uri: str


class PersonShown(Shown):
    """Somebody who works here."""

    id: int
    login: str
    name: str
    roles: list[Role]
    unit_id: int | None
    regions: list[int]
    skills: list[str]
    capacity: int
    present_until: datetime | None
    email: str
    phone: str
    telegram: str
    disabled_at: datetime | None
    version: int


def person_of(person: Staff) -> PersonShown:
    """As it goes out."""
    return PersonShown(
        id=person.id,
        login=person.login,
        name=person.name,
        roles=sorted(person.roles),
        unit_id=person.unit_id,
        regions=sorted(person.regions),
        skills=sorted(person.skills),
        capacity=person.capacity,
        present_until=person.present_until,
        email=person.email,
        phone=person.phone,
        telegram=person.telegram,
        disabled_at=person.disabled_at,
        version=person.version,
    )


class MeShown(Shown):
    """Who asks.

    ``wanting``: what a session still lacks: ``code``, ``enrol`` or nothing. ``csrf`` goes into
    X-CSRF-Token with everything a page writes; empty for a token.
    """

    person: PersonShown
    rights: list[Right]
    wanting: Literal["", "code", "enrol"]
    csrf: str


def me_of(here: Here, csrf: str) -> MeShown:
    """As it goes out."""
    wanting: Literal["", "code", "enrol"] = here.wanting  # type: ignore[assignment]  # one of them
    return MeShown(
        person=person_of(here.staff),
        rights=sorted(rights_of(here.staff)),
        wanting=wanting,
        csrf=csrf,
    )


class SessionShown(Shown):
    """Where one is logged in; ``mark`` names it and opens nothing."""

    mark: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str
    address: str
    this: bool


def session_of(session: Session, here: Here) -> SessionShown:
    """As it goes out."""
    return SessionShown(
        mark=session.mark,
        created_at=session.created_at,
        seen_at=session.seen_at,
        expires_at=session.expires_at,
        browser=session.browser,
        address=session.address,
        this=here.session is not None and here.session.token_hash == session.token_hash,
    )


class Sessions(Shown):
    """The one used last first."""

    items: list[SessionShown]


class PresenceAsked(Asked):
    """In the office until then; null: gone."""

    until: AwareDatetime | None


# --- tokens --------------------------------------------------------------------------------------


class TokenAsked(Asked):
    """A token for a program; no rights: all that its owner has."""

    name: Line
    rights: frozenset[Right] = frozenset()
    expires_at: AwareDatetime | None = None


class TokenShown(Shown):
    """A token, without what opens anything."""

    id: int
    name: str
    staff_id: int
    rights: list[Right]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


def token_of(token: ApiToken) -> TokenShown:
    """As it goes out."""
    return TokenShown(
        id=token.id,
        name=token.name,
        staff_id=token.staff_id,
        rights=sorted(token.rights),
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        revoked_at=token.revoked_at,
    )


class TokenMade(Shown):
    """A new token; ``secret`` is shown this once and kept nowhere."""

    token: TokenShown
    secret: str


class Tokens(Shown):
    """Oldest first, revoked ones too."""

    items: list[TokenShown]


# --- administration ------------------------------------------------------------------------------


class StaffAsked(Asked):
    """Also those who come in no more."""

    disabled: bool = False


class People(Shown):
    """By name."""

    items: list[PersonShown]


class PersonAsked(Asked):
    """Everything of a person but login and password."""

    name: Line
    roles: frozenset[Role]
    unit_id: Id | None = None
    regions: frozenset[Id] = frozenset()
    skills: frozenset[Annotated[str, StringConstraints(max_length=60)]] = frozenset()
    capacity: Annotated[int, Field(ge=0, le=1_000)] = 10
    email: Line = ""
    phone: Line = ""
    telegram: Line = ""


class NewPersonAsked(PersonAsked):
    """Somebody new."""

    login: Login


class InvitationShown(Shown):
    """A way to set a password, once, until then."""

    token: str
    until: datetime


class DelegationAsked(Asked):
    """Whether leadership's watch is with customer care (MB-08)."""

    on: bool
