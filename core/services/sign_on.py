"""Single sign-on: coming in by an account at the office's provider, linking it, taking it off.

A link is made by whoever is in, or holds an invitation of an administrator; never by a mail
address that looks alike, and nobody gets an account here by having one there (threats.md row 51).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from core.model.credentials import TOKEN_BYTES, password_of, token_hash
from core.model.events import Fact
from core.model.sentences import said
from core.model.sign_on import LONGEST_SHOWN, Flow, Purpose, SignOnLink
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.entry import Entered, open_session
from core.services.house import NO_SUCH_PERSON, actor, note, refused
from core.services.passwords import NO_INVITATION, WRONG_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.credentials import Account
    from core.model.sign_on import ProvenIdentity
    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.entry import Here
    from core.services.house import House

NOBODYS: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said(
        "Akun ini belum ditautkan dengan petugas mana pun. Minta undangan kepada administrator, "
        "atau masuk dengan kata sandi lalu tautkan di halaman Akun saya."
    ),
)
DISABLED: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said("Anda tidak lagi terdaftar aktif di helpdesk. Hubungi administrator."),
)
TAKEN: Final = Refusal(
    RefusalKind.ALREADY,
    said(
        "Akun ini sudah ditautkan dengan petugas lain. Gunakan akun Anda sendiri, atau hubungi "
        "administrator."
    ),
)
HAS_ONE: Final = Refusal(
    RefusalKind.ALREADY,
    said("Sudah ada akun lain yang tertaut. Lepaskan tautan itu dahulu, lalu coba lagi."),
)
ONLY_WAY: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said(
        "Ini satu-satunya cara Anda masuk. Minta undangan kepada administrator untuk membuat kata "
        "sandi dahulu."
    ),
)
NOT_LINKED: Final = Refusal(RefusalKind.ALREADY, said("Tidak ada akun yang tertaut."))
REPEATED: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said("Proses masuk ini sudah selesai atau terlalu lama. Ulangi dari awal."),
)


@value
class Arrival:
    """Where somebody comes in from.

    Attributes:
        address, browser: for the list of sessions that its owner sees.
        replaces: the session that the browser still holds; it ends.
    """

    address: str = ""
    browser: str = ""
    replaces: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Browser and address."""
        return self.browser, self.address


@value
class SignOnStanding:
    """How the person who asks stands with it.

    Attributes:
        links: the accounts that open the door for them.
        asks_password: linking asks for it; False where they have none, or it lets them in no more.
    """

    links: Sequence[SignOnLink]
    asks_password: bool


def begin(house: House, purpose: Purpose, onward: str = "", holder: str = "") -> Flow:
    """A way to the provider, with marks that nobody can guess."""
    state, nonce, verifier = (secrets.token_urlsafe(TOKEN_BYTES) for _ in range(3))
    return Flow(purpose, state, nonce, verifier, house.clock.now(), onward, holder)


async def spend(house: House, flow: Flow) -> Refusal | None:
    """Ends a way: it comes back once, and in time. Raises StoreUnavailable."""
    if not flow.alive(house.clock.now()):
        return REPEATED
    async with house.open_desk() as desk:
        if not await desk.sign_on.spend(token_hash(flow.state), flow.until):
            return REPEATED
        await desk.commit()
    return None


# --- coming in -----------------------------------------------------------------------------------


async def come_in_by(house: House, proven: ProvenIdentity, arrival: Arrival) -> Entered | Refusal:
    """A new session for whoever this account is linked with; it may still want a code of ours."""
    async with house.open_desk() as desk:
        held = await desk.sign_on.holder(proven.issuer, proven.subject)
        if held is None:
            return NOBODYS
        entered = await _enter(desk, held.account, proven, (arrival, house.clock.now()))
        if not isinstance(entered, Refusal):
            await desk.commit()
    return entered


async def _enter(
    desk: Desk, account: Account, proven: ProvenIdentity, at: tuple[Arrival, datetime]
) -> Entered | Refusal:
    arrival, now = at
    if account.staff.disabled:
        return DISABLED
    if arrival.replaces:
        await desk.entries.end_sessions(account.staff.id, token_hash(arrival.replaces))
    await desk.sign_on.used(proven.issuer, proven.subject, now)
    return await open_session(
        desk, account, now, arrival.place, second_factor=proven.second_factor
    )


# --- linking -------------------------------------------------------------------------------------


async def may_link(house: House, here: Here, password: str) -> Refusal | None:
    """Whether the person who asks may begin to link: an open screen alone is not enough."""
    if here.session is None or here.wanting:
        return NO_SUCH_PERSON
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        if account is None:
            return NO_SUCH_PERSON
        if await desk.sign_on.links(here.staff.id):
            return HAS_ONE
    if not _asks_password(house, account):
        return None
    fits = await house.passwords.fits(account.password_hash, password_of(password))
    return None if fits else WRONG_PASSWORD


def _asks_password(house: House, account: Account) -> bool:
    return bool(account.password_hash) and house.takes_password(account.staff)


async def link_own(house: House, here: Here, proven: ProvenIdentity) -> SignOnLink | Refusal:
    """Links the account with the person who is in."""
    if here.session is None or here.wanting:
        return NO_SUCH_PERSON
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        if account is None or account.staff.disabled:
            return NO_SUCH_PERSON
        made = await _link(desk, account.staff, proven, house.clock.now())
        if not isinstance(made, Refusal):
            await desk.commit()
    return made


async def link_invited(
    house: House, holder: str, proven: ProvenIdentity, arrival: Arrival
) -> Entered | Refusal:
    """Links the account with whoever was invited, who is in with that; the invitation is used up.

    Args:
        house: the ports.
        holder: hash of the invitation's token.
        proven: who came back from the provider.
        arrival: where from.
    """
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await desk.staff.invited(holder, now) if holder else None
        if account is None or account.staff.disabled:
            return NO_INVITATION
        made = await _link(desk, account.staff, proven, now)
        if isinstance(made, Refusal):
            return made
        await desk.staff.invite(account.staff.id, None, None)
        entered = await _enter(desk, account, proven, (arrival, now))
        await desk.commit()
    return entered


async def invitation_of(house: House, token: str) -> Refusal | None:
    """Whether an invitation still lets somebody link."""
    async with house.open_desk() as desk:
        found = await desk.staff.invited(token_hash(token), house.clock.now()) if token else None
    return NO_INVITATION if found is None or found.staff.disabled else None


async def _link(
    desk: Desk, person: Staff, proven: ProvenIdentity, now: datetime
) -> SignOnLink | Refusal:
    held = await desk.sign_on.holder(proven.issuer, proven.subject)
    if held is not None:
        return held.link if held.link.staff_id == person.id else TAKEN
    made = SignOnLink(
        issuer=proven.issuer,
        subject=proven.subject,
        staff_id=person.id,
        shown=proven.shown[:LONGEST_SHOWN],
        linked_at=now,
        linked_by=person.mark,
    )
    if not await desk.sign_on.link(made):
        return HAS_ONE
    await note(desk, person, Fact("SignOnLinked", now, person.mark, {"issuer": proven.issuer}))
    return made


# --- looking, and taking off ---------------------------------------------------------------------


async def own_sign_on(house: House, here: Here) -> SignOnStanding:
    """How the person who asks stands."""
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        links = await desk.sign_on.links(here.staff.id)
    return SignOnStanding(links, account is not None and _asks_password(house, account))


async def unlink_own(house: House, here: Here) -> Refusal | None:
    """Takes off one's own link, as long as there is another way in."""
    if here.session is None or here.wanting:
        return NO_SUCH_PERSON
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        if account is None:
            return NO_SUCH_PERSON
        if not _asks_password(house, account):
            return ONLY_WAY
        return await _unlink(desk, account.staff, here.staff, house.clock.now())


async def unlink_of(house: House, by: Staff | None, staff_id: int) -> Refusal | None:
    """Takes off somebody's link; their sessions end."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None:
            return NO_SUCH_PERSON
        if by is None or by.id != staff_id:
            await desk.entries.end_sessions(staff_id)
        return await _unlink(desk, account.staff, by, house.clock.now())


async def _unlink(desk: Desk, person: Staff, by: Staff | None, now: datetime) -> Refusal | None:
    if not await desk.sign_on.unlink(person.id):
        return NOT_LINKED
    await note(desk, person, Fact("SignOnUnlinked", now, actor(by), {}))
    await desk.commit()
    return None
