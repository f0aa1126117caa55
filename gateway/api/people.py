"""Staff and tokens: for administrators, and for oneself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from console.typed import whole
from core.model.staff import Right
from core.model.work import Refusal
from core.services.house import NO_SUCH_PERSON, NOT_ALLOWED
from core.services.passwords import invite
from core.services.second_factor import reset_second_factor
from core.services.staff import (
    StaffDraft,
    add_staff,
    change_staff,
    delegate,
    disable_staff,
    enable_staff,
)
from core.services.tokens import TokenDraft, make_token, revoke_token, tokens_of
from gateway.api.people_models import (
    DelegationAsked,
    InvitationShown,
    NewPersonAsked,
    People,
    PersonAsked,
    PersonShown,
    StaffAsked,
    TokenAsked,
    TokenMade,
    Tokens,
    person_of,
    token_of,
)
from gateway.api.problems import FORBIDDEN, NOT_FOUND, NotDone, refusal_problem
from gateway.api.table import Answer, Call, Endpoint, Entry, Keyed

if TYPE_CHECKING:
    from typing import TypeVar

    from core.model.staff import Staff
    from core.services.house import House

    T = TypeVar("T")


def identity(call: Call, name: str) -> int:
    """An id in the path. Raises NotDone: 404 for what is none."""
    found = whole(call.path[name])
    if found is None:
        raise NotDone(NOT_FOUND)
    return found


def done(found: T | Refusal) -> T:
    """What a service gave, or its refusal as a problem. Raises NotDone."""
    if not isinstance(found, Refusal):
        return found
    if found is NOT_ALLOWED:
        raise NotDone(FORBIDDEN)
    if found is NO_SUCH_PERSON:
        raise NotDone(NOT_FOUND)
    raise NotDone(refusal_problem(found))


def _house(call: Call) -> House:
    """The ports, with units of work that claim the request's key."""
    return replace(call.parts.house, open_desk=call.open_desk)


def _draft(asked: PersonAsked) -> StaffDraft:
    return StaffDraft(
        name=asked.name,
        roles=asked.roles,
        unit_id=asked.unit_id,
        regions=asked.regions,
        skills=asked.skills,
        capacity=asked.capacity,
        email=asked.email,
        phone=asked.phone,
        telegram=asked.telegram,
    )


def _person(person: Staff) -> Answer:
    return Answer(person_of(person), person.version)


async def people(call: Call) -> Answer:
    """Everybody who works here."""
    found = await call.parts.store.staff.staff(disabled=call.query.disabled)
    return Answer(People(items=[person_of(one) for one in found]))


async def person(call: Call) -> Answer:
    """One of them."""
    return _person(await call.parts.store.staff.one(identity(call, "staff")))


async def add(call: Call) -> Answer:
    """Somebody new, without a password: invite them next."""
    asked: NewPersonAsked = call.body
    return _person(done(await add_staff(_house(call), call.staff, asked.login, _draft(asked))))


async def change(call: Call) -> Answer:
    """Everything of a person but login and password."""
    who = identity(call, "staff")
    version = await _version(call, who)
    changed = await change_staff(_house(call), call.staff, who, version, _draft(call.body))
    return _person(done(changed))


async def disable(call: Call) -> Answer:
    """They come in no more, at once."""
    who = identity(call, "staff")
    version = await _version(call, who)
    return _person(done(await disable_staff(_house(call), call.staff, who, version)))


async def enable(call: Call) -> Answer:
    """They may come in again, after a new invitation."""
    who = identity(call, "staff")
    version = await _version(call, who)
    return _person(done(await enable_staff(_house(call), call.staff, who, version)))


async def _version(call: Call, staff_id: int) -> int:
    """Of ``If-Match``; for ``*`` whatever it is now."""
    if call.version is not None:
        return call.version
    return (await call.parts.store.staff.one(staff_id)).version


async def ask_in(call: Call) -> Answer:
    """A link for a first password, or a new one."""
    made = done(await invite(_house(call), call.staff, identity(call, "staff")))
    return Answer(InvitationShown(token=made.token, until=made.until))


async def reset(call: Call) -> Answer:
    """Has somebody enrol a second factor anew."""
    done(await reset_second_factor(_house(call), call.staff, identity(call, "staff")))
    return Answer()


async def delegation(call: Call) -> Answer:
    """Hands leadership's watch to customer care, or takes it back."""
    done(await delegate(_house(call), call.staff, on=call.body.on))
    return Answer()


async def own_tokens(call: Call) -> Answer:
    """One's own tokens."""
    found = done(await tokens_of(call.parts.house, call.staff, call.staff.id))
    return Answer(Tokens(items=[token_of(one) for one in found]))


async def all_tokens(call: Call) -> Answer:
    """Everybody's tokens."""
    found = done(await tokens_of(call.parts.house, call.staff, None))
    return Answer(Tokens(items=[token_of(one) for one in found]))


async def new_token(call: Call) -> Answer:
    """A token of one's own; its secret is in this answer and nowhere else."""
    asked: TokenAsked = call.body
    draft = TokenDraft(asked.name, asked.rights, asked.expires_at)
    made = done(await make_token(_house(call), call.staff, call.staff.id, draft))
    return Answer(TokenMade(token=token_of(made.token), secret=made.secret))


async def revoke(call: Call) -> Answer:
    """One's own, or anybody's for an administrator."""
    done(await revoke_token(_house(call), call.staff, identity(call, "token")))
    return Answer()


ADMIN: Final = Right.ADMIN_STAFF
ROUTES: Final = (
    Endpoint("GET", "/staff", ADMIN, people, "Who works here", People, query=StaffAsked),
    Endpoint(
        "POST",
        "/staff",
        ADMIN,
        add,
        "Somebody new",
        PersonShown,
        asks=NewPersonAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint("GET", "/staff/{staff}", ADMIN, person, "One of them", PersonShown),
    Endpoint(
        "PUT",
        "/staff/{staff}",
        ADMIN,
        change,
        "Change somebody",
        PersonShown,
        asks=PersonAsked,
        versioned=True,
    ),
    Endpoint(
        "POST",
        "/staff/{staff}/disable",
        ADMIN,
        disable,
        "Let somebody in no more",
        PersonShown,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=person,
    ),
    Endpoint(
        "POST",
        "/staff/{staff}/enable",
        ADMIN,
        enable,
        "Let somebody in again",
        PersonShown,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=person,
    ),
    Endpoint(
        "POST",
        "/staff/{staff}/invitation",
        ADMIN,
        ask_in,
        "A link to set a password",
        InvitationShown,
        status=201,
    ),
    Endpoint(
        "DELETE",
        "/staff/{staff}/second-factor",
        ADMIN,
        reset,
        "Have somebody enrol a second factor anew",
    ),
    Endpoint(
        "POST",
        "/delegation",
        Right.DELEGATE,
        delegation,
        "Hand the watch of leadership to customer care, or take it back",
        asks=DelegationAsked,
        keyed=Keyed.BY_ITSELF,
    ),
    Endpoint("GET", "/tokens", Entry.STAFF, own_tokens, "Your tokens", Tokens),
    Endpoint(
        "POST",
        "/tokens",
        Entry.STAFF,
        new_token,
        "A token for a program",
        TokenMade,
        asks=TokenAsked,
        status=201,
    ),
    Endpoint("DELETE", "/tokens/{token}", Entry.STAFF, revoke, "Revoke a token"),
    Endpoint("GET", "/all-tokens", ADMIN, all_tokens, "Everybody's tokens", Tokens),
)
