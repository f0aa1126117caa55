"""Coming in and going out, and what one may do about oneself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from config.logs import get_logger
from console.session_cookies import csrf_token
from core.model.work import Refusal
from core.services.entry import DENIED, Attempt, Here, end_session, log_in, log_out, sessions_of
from core.services.passwords import accept_invitation, change_password
from core.services.second_factor import begin_enrolment, give_code
from core.services.staff import come_in
from gateway.api.people_models import (
    CodeAsked,
    EnrolmentShown,
    InvitationTaken,
    LoginAsked,
    MeShown,
    PasswordAsked,
    PersonShown,
    PresenceAsked,
    Sessions,
    me_of,
    person_of,
    session_of,
)
from gateway.api.problems import (
    FOREIGN_PAGE,
    NOT_FOUND,
    NotDone,
    Problem,
    refusal_problem,
    too_many,
)
from gateway.api.table import Answer, Call, Endpoint, Entry, Keyed

if TYPE_CHECKING:
    from core.model.staff import Staff
    from core.services.entry import Entered
    from gateway.staff_parts import Attempts

log = get_logger("entry")

_WAIT: Final = int(timedelta(minutes=1).total_seconds())


def denied(refusal: Refusal) -> Problem:
    """401 for every way of not coming in, in the same words."""
    if refusal is DENIED:
        return Problem(401, "denied", "Not let in", refusal.sentence)
    return refusal_problem(refusal)


class Doorkeeper:
    """Logging in: limited by address before any password is looked at."""

    def __init__(self, attempts: Attempts) -> None:
        self._visitors, self._window = attempts.visitors, attempts.logins

    def _admit(self, call: Call) -> str:
        """The visitor's address. Raises NotDone."""
        request, cookies = call.request, call.parts.cookies
        foreign = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
        if foreign and not cookies.same_origin(request):
            raise NotDone(FOREIGN_PAGE)
        address = self._visitors.key(request)
        if not self._window.take(address, call.now):
            _note(call, address, "too many")
            raise NotDone(too_many(_WAIT))
        return address

    async def log_in(self, call: Call) -> Answer:
        """A new session; its token goes into a cookie and nowhere else."""
        address, asked, cookies = self._admit(call), call.body, call.parts.cookies
        attempt = Attempt(
            login=asked.login,
            password=asked.password,
            code=asked.code,
            address=address,
            browser=call.request.headers.get("User-Agent", ""),
            device=cookies.read_device(call.request),
            replaces=cookies.read(call.request),
        )
        entered = await log_in(call.parts.house, attempt)
        if isinstance(entered, Refusal):
            _note(call, address, "denied")
        return _let_in(call, entered)

    async def accept(self, call: Call) -> Answer:
        """Sets the first password, or a new one; logging in comes after."""
        self._admit(call)
        taken = await accept_invitation(call.parts.house, call.body.token, call.body.password)
        if isinstance(taken, Refusal):
            raise NotDone(refusal_problem(taken))
        return Answer()


def _note(call: Call, address: str, why: str) -> None:
    """A failed login is written down (LL-20), without what was typed: it may be the password."""
    log.warning("login refused", address=address, why=why)
    call.parts.gateway.metrics.refused.labels("api", f"login {why}").inc()


def _let_in(call: Call, entered: Entered | Refusal) -> Answer:
    if isinstance(entered, Refusal):
        raise NotDone(denied(entered))
    here = Here(entered.staff, entered.session, wanting=entered.wanting)
    if here.wanting:
        here = Here(_bare(here), entered.session, wanting=entered.wanting)
    cookies = call.parts.cookies
    body = me_of(here, csrf_token(entered.token))
    return Answer(body, cookies=lambda response: cookies.keep(response, entered))


def _bare(here: Here) -> Staff:
    return replace(here.staff, only=frozenset())


async def me(call: Call) -> Answer:
    """Who asks, and what they may do."""
    here = _here(call)
    token = call.parts.cookies.read(call.request) if here.session else ""
    return Answer(me_of(here, csrf_token(token) if token else ""))


def _here(call: Call) -> Here:
    if call.here is None:
        raise LookupError
    return call.here


async def leave(call: Call) -> Answer:
    """Ends the session that asks."""
    await log_out(call.parts.house, _here(call))
    return Answer(cookies=call.parts.cookies.drop)


async def code(call: Call) -> Answer:
    """Makes a session whole that wants its second factor."""
    return _let_in(call, await give_code(call.parts.house, _here(call), call.body.code))


async def enrol(call: Call) -> Answer:
    """A new second factor; the first right code confirms it."""
    office = call.parts.settings.office.name
    begun = await begin_enrolment(call.parts.house, _here(call), office)
    if isinstance(begun, Refusal):
        raise NotDone(refusal_problem(begun))
    return Answer(EnrolmentShown(secret=begun.secret, uri=begun.uri))


async def password(call: Call) -> Answer:
    """Changes one's own; every other session ends."""
    asked: PasswordAsked = call.body
    changed = await change_password(call.parts.house, _here(call), asked.old, asked.new)
    return _let_in(call, changed)


async def sessions(call: Call) -> Answer:
    """Where one is logged in."""
    here = _here(call)
    found = await sessions_of(call.parts.house, here)
    return Answer(Sessions(items=[session_of(one, here) for one in found]))


async def end(call: Call) -> Answer:
    """Ends one of one's own sessions."""
    if not await end_session(call.parts.house, _here(call), call.path["mark"][:40]):
        raise NotDone(NOT_FOUND)
    return Answer()


async def presence(call: Call) -> Answer:
    """In the office until then, or gone."""
    house = replace(call.parts.house, open_desk=call.open_desk)
    found = await come_in(house, call.staff, call.staff.id, call.body.until)
    if isinstance(found, Refusal):
        raise NotDone(refusal_problem(found))
    return Answer(person_of(found))


async def log_in_here(call: Call) -> Answer:
    """A new session for login and password."""
    return await call.parts.doorkeeper.log_in(call)


async def accept_here(call: Call) -> Answer:
    """A password by an invitation."""
    return await call.parts.doorkeeper.accept(call)


ROUTES: Final = (
    Endpoint("POST", "/login", Entry.ANYBODY, log_in_here, "Log in", MeShown, asks=LoginAsked),
    Endpoint(
        "POST",
        "/invitation",
        Entry.ANYBODY,
        accept_here,
        "Set a password by an invitation",
        asks=InvitationTaken,
    ),
    Endpoint("GET", "/me", Entry.COMING_IN, me, "Who asks", MeShown),
    Endpoint("POST", "/logout", Entry.COMING_IN, leave, "Log out"),
    Endpoint(
        "POST",
        "/second-factor/code",
        Entry.COMING_IN,
        code,
        "Give the code that a session wants",
        MeShown,
        asks=CodeAsked,
    ),
    Endpoint(
        "POST",
        "/second-factor",
        Entry.COMING_IN,
        enrol,
        "Begin to enrol a second factor",
        EnrolmentShown,
    ),
    Endpoint(
        "POST",
        "/password",
        Entry.STAFF,
        password,
        "Change your password",
        MeShown,
        asks=PasswordAsked,
    ),
    Endpoint("GET", "/sessions", Entry.STAFF, sessions, "Where you are logged in", Sessions),
    Endpoint("DELETE", "/sessions/{mark}", Entry.STAFF, end, "End one of your sessions"),
    Endpoint(
        "POST",
        "/presence",
        Entry.STAFF,
        presence,
        "Come in or go",
        PersonShown,
        asks=PresenceAsked,
        keyed=Keyed.IN_ONE,
    ),
)
