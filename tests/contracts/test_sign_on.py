"""Single sign-on, on both engines: whom an account lets in, who may link it and take it off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model.credentials import token_hash
from core.model.sign_on import FLOW_LIFE, ProvenIdentity, Purpose, SignOnLink, challenge
from core.model.staff import Role
from core.model.work import Refusal
from core.services.entry import DENIED, ENROL, Entered, Here, end_session, who
from core.services.house import NO_SUCH_PERSON, NOT_ALLOWED
from core.services.passwords import NO_INVITATION, WRONG_PASSWORD, Invitation, invite
from core.services.sign_on import (
    DISABLED,
    HAS_ONE,
    NOBODYS,
    NOT_LINKED,
    ONLY_WAY,
    REPEATED,
    TAKEN,
    Arrival,
    begin,
    come_in_by,
    invitation_of,
    link_invited,
    link_own,
    may_link,
    own_sign_on,
    spend,
    unlink_of,
    unlink_own,
)
from core.services.staff import disable_staff, enable_staff
from core.services.staff_entries import Standing, standing_of
from tests.contracts.house_kit import PASSWORD, SECOND, Office
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ISSUER = "https://masuk.contoh.go.id"
SARI = ProvenIdentity(ISSUER, "sub-sari", "sari@contoh.go.id")
HERE = Arrival("10.0.0.7", "Firefox")


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    await made.hires("sari", Role.OPERATOR)
    return made


async def inside(office: Office, login: str = "sari") -> Here:
    return await office.here((await office.enters(login)).token)


async def linked(office: Office, login: str = "sari", proven: ProvenIdentity = SARI) -> Here:
    here = await inside(office, login)
    assert isinstance(await link_own(office.house, here, proven), SignOnLink)
    return here


async def test_a_linked_account_opens_the_door(office: Office) -> None:
    before = await linked(office)
    entered = await come_in_by(office.house, SARI, HERE)
    assert isinstance(entered, Entered)
    here = await office.here(entered.token)
    assert (here.staff.login, here.wanting) == ("sari", "")
    assert here.session is not None
    assert (here.session.browser, here.session.address) == ("Firefox", "10.0.0.7")
    assert await office.kinds(before.staff.mark) == ["StaffAdded", "PasswordSet", "SignOnLinked"]
    (link,) = (await own_sign_on(office.house, here)).links
    assert (link.shown, link.used_at) == ("sari@contoh.go.id", office.clock.now())


@pytest.mark.parametrize(
    "other",
    [
        replace(SARI, subject="sub-orang-lain"),  # the same mail address, another person
        replace(SARI, issuer="https://masuk.lain.go.id"),
        replace(SARI, subject="SUB-SARI"),
        replace(SARI, subject=""),
    ],
)
async def test_row_51_only_issuer_and_subject_count(office: Office, other: ProvenIdentity) -> None:
    await linked(office)
    assert await come_in_by(office.house, other, HERE) == NOBODYS
    assert len(await office.rows(schema.staff)) == 1


async def test_coming_in_ends_the_session_that_the_browser_held(office: Office) -> None:
    await linked(office)
    old = await office.enters("sari")
    entered = await come_in_by(office.house, SARI, replace(HERE, replaces=old.token))
    assert isinstance(entered, Entered)
    assert entered.token != old.token
    assert await who(office.house, old.token) is None


async def test_who_is_disabled_stays_outside_and_comes_back_by_invitation(office: Office) -> None:
    here = await linked(office)
    person = here.staff
    await disable_staff(office.house, None, person.id, person.version)
    assert await come_in_by(office.house, SARI, HERE) == DISABLED
    await enable_staff(office.house, None, person.id, person.version + 1)
    assert await come_in_by(office.house, SARI, HERE) == NOBODYS


async def test_the_provider_s_second_factor_counts_where_it_was_accepted(office: Office) -> None:
    await office.hires("ratna", Role.ADMIN)
    invitation = await invite(office.house, None, 2)
    assert isinstance(invitation, Invitation)
    ratna = ProvenIdentity(ISSUER, "sub-ratna")
    entered = await link_invited(office.house, token_hash(invitation.token), ratna, HERE)
    assert isinstance(entered, Entered)
    assert entered.wanting == ENROL
    whole = await come_in_by(office.house, replace(ratna, second_factor=True), HERE)
    assert isinstance(whole, Entered)
    assert whole.wanting == ""


async def test_an_invitation_links_once(office: Office) -> None:
    invitation = await invite(office.house, None, 1)
    assert isinstance(invitation, Invitation)
    assert await invitation_of(office.house, invitation.token) is None
    holder = token_hash(invitation.token)
    assert isinstance(await link_invited(office.house, holder, SARI, HERE), Entered)
    assert await link_invited(office.house, holder, SARI, HERE) == NO_INVITATION
    assert await link_invited(office.house, "", SARI, HERE) == NO_INVITATION
    assert await invitation_of(office.house, invitation.token) == NO_INVITATION
    assert await invitation_of(office.house, "") == NO_INVITATION


async def test_an_invitation_of_somebody_disabled_or_too_old_links_nothing(office: Office) -> None:
    invitation = await invite(office.house, None, 1)
    assert isinstance(invitation, Invitation)
    office.clock.move(31 * 60 * SECOND)
    holder = token_hash(invitation.token)
    assert await link_invited(office.house, holder, SARI, HERE) == NO_INVITATION
    assert not await office.rows(schema.sign_on_links)


async def test_an_account_belongs_to_one_person_and_a_person_has_one(office: Office) -> None:
    await office.hires("budi", Role.OPERATOR)
    sari = await linked(office)
    budi = await inside(office, "budi")
    assert await link_own(office.house, budi, SARI) == TAKEN
    assert await link_own(office.house, sari, replace(SARI, subject="sub-dua")) == HAS_ONE
    assert isinstance(await link_own(office.house, sari, SARI), SignOnLink)
    assert await may_link(office.house, sari, PASSWORD) == HAS_ONE
    assert len(await office.rows(schema.sign_on_links)) == 1


async def test_two_links_at_one_moment_make_one(office: Office) -> None:
    await office.hires("budi", Role.OPERATOR)
    people = [await inside(office, login) for login in ("sari", "budi")]
    made = await asyncio.gather(*(link_own(office.house, here, SARI) for here in people))
    assert sorted(type(one).__name__ for one in made) == ["Refusal", "SignOnLink"]
    assert len(await office.rows(schema.sign_on_links)) == 1


async def test_an_open_screen_alone_links_nothing(office: Office) -> None:
    here = await inside(office)
    assert await may_link(office.house, here, "salah sekali lagi") == WRONG_PASSWORD
    assert await may_link(office.house, here, "") == WRONG_PASSWORD
    assert await may_link(office.house, here, PASSWORD) is None
    for nobody in (replace(here, session=None), replace(here, wanting=ENROL)):
        assert await may_link(office.house, nobody, PASSWORD) == NO_SUCH_PERSON
        assert await link_own(office.house, nobody, SARI) == NO_SUCH_PERSON
        assert await unlink_own(office.house, nobody) == NO_SUCH_PERSON


async def test_taking_off_one_s_own_leaves_another_way_in(office: Office) -> None:
    here = await linked(office)
    office.passwords_for = frozenset({Role.ADMIN})
    assert await unlink_own(office.house, here) == ONLY_WAY
    office.passwords_for = None
    assert await unlink_own(office.house, here) is None
    assert await unlink_own(office.house, here) == NOT_LINKED
    assert await come_in_by(office.house, SARI, HERE) == NOBODYS
    assert (await office.kinds(here.staff.mark))[-1] == "SignOnUnlinked"


async def test_an_administrator_takes_off_a_link_and_ends_the_sessions(office: Office) -> None:
    here = await linked(office)
    assert await unlink_of(office.house, here.staff, here.staff.id) == NOT_ALLOWED
    standing = await standing_of(office.house, None, here.staff.id)
    assert isinstance(standing, Standing)
    assert [one.subject for one in standing.links] == ["sub-sari"]
    assert await unlink_of(office.house, None, here.staff.id) is None
    assert not await office.rows(schema.sessions)
    assert await unlink_of(office.house, None, here.staff.id) == NOT_LINKED
    assert await unlink_of(office.house, None, 99) == NO_SUCH_PERSON


async def test_passwords_may_be_for_administrators_only(office: Office) -> None:
    await office.hires("ratna", Role.ADMIN)
    here = await linked(office)
    office.passwords_for = frozenset({Role.ADMIN})
    assert await office.tries("sari", PASSWORD) == DENIED
    assert isinstance(await office.tries("ratna", PASSWORD), Entered)
    assert not (await own_sign_on(office.house, here)).asks_password
    assert await who(office.house, (await come(office)).token) is not None


async def come(office: Office) -> Entered:
    entered = await come_in_by(office.house, SARI, HERE)
    assert isinstance(entered, Entered)
    return entered


async def test_a_way_comes_back_once_and_in_time(office: Office) -> None:
    flow = begin(office.house, Purpose.ENTER, "/console/cari")
    assert len({flow.state, flow.nonce, flow.verifier}) == 3
    assert challenge(flow.verifier) not in (flow.verifier, "")
    results = await asyncio.gather(*(spend(office.house, flow) for _ in range(3)))
    assert sorted(map(str, results)).count("None") == 1
    late = begin(office.house, Purpose.ENTER)
    office.clock.move(FLOW_LIFE)
    assert await spend(office.house, late) == REPEATED
    async with office.store.desk() as desk:
        assert await desk.sign_on.purge_spent(office.clock.now()) == 1
        await desk.commit()
    assert not await office.rows(schema.sign_on_flows)


def test_the_challenge_is_that_of_rfc_7636() -> None:
    told = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert told == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_one_s_sessions_end_as_ever(office: Office) -> None:
    await linked(office)
    entered = await come(office)
    here = await office.here(entered.token)
    assert await end_session(office.house, here, entered.session.mark)
    assert await who(office.house, entered.token) is None


def test_no_refusal_tells_anything_but_the_sentence() -> None:
    for one in (NOBODYS, TAKEN, HAS_ONE, ONLY_WAY, REPEATED, DISABLED):
        assert isinstance(one, Refusal)
        assert "sub-" not in one.sentence
