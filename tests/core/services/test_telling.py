"""Which door a text to the reporter leaves by, and who is told besides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.model.events import chain
from core.model.messages import Address, AddressKind, ChannelId
from core.model.outbox import WRITTEN_BY_PEOPLE, Urgency
from core.model.policy import ChannelTraits
from core.model.scene import fact
from core.model.texts import TextForm
from core.model.ticket import Status
from core.model.work import Letter, Notice, WayBack
from core.services.telling import letter_draft, notice_drafts, open_way
from tests.core.fakes import BUDI, MAIL, NOON, SARI, SMS, office
from tests.core.model.work_samples import WAY, scene, ticket

DESK, WEB = ChannelId("loket"), ChannelId("web")
POLICY = office(
    channels={
        **office().channels,
        DESK: ChannelTraits(DESK, TextForm.SMS, tells="di loket", reply_via=SMS),
        WEB: ChannelTraits(WEB, TextForm.EMAIL, tells="di halaman", page=True),
    }
)
LETTERS = Address(AddressKind.SENDER_LABEL, "BANK")
MAILED = WayBack(MAIL, Address(AddressKind.EMAIL, "sari@contoh.example"), 3, 44)
SOLVED = ticket(Status.RESOLVED)
EVENT = chain(SOLVED.id, 4, SOLVED.event_head, fact(scene(SOLVED), "Resolved"))
NOTICE = Notice("resolved", {"solusi": "Lampu diganti", "tutup": NOON})


@pytest.mark.parametrize(
    ("ways", "channel"),
    [
        ([WAY, MAILED], "sms"),
        ([MAILED, WAY], "email"),
        ([replace(WAY, unreachable="mati"), MAILED], "email"),
        ([replace(WAY, address=LETTERS), MAILED], "email"),
        ([replace(WAY, channel=DESK), MAILED], "sms"),
        ([replace(MAILED, channel=DESK), WAY], "sms"),
        ([replace(WAY, channel=WEB), MAILED], "email"),
        ([replace(WAY, channel=ChannelId("gone")), MAILED], "email"),
        ([replace(WAY, channel=WEB)], None),
        ([], None),
    ],
)
def test_bw_23_the_first_door_that_can_send(ways: list[WayBack], channel: str | None) -> None:
    found = open_way(POLICY, ways)
    assert (found[1].id if found else None) == channel


def told(of: Any, *notices: Notice) -> list[tuple[str, str, int]]:
    drafts = notice_drafts(POLICY, of, notices or (NOTICE,), EVENT)
    assert len({draft.key for draft in drafts}) == len(drafts)
    assert all(draft.urgency is Urgency.NOTICE for draft in drafts)
    return [(draft.purpose, draft.channel, draft.address_id) for draft in drafts]


def test_followers_are_told_how_it_ends_but_not_of_every_step() -> None:
    follower = WayBack(SMS, BUDI, 9, 5)
    of = replace(SOLVED, followers=(follower, replace(MAILED, muted=True), WAY))
    assert told(of) == [("resolved", "sms", 1), ("resolved", "sms", 9)]
    step = Notice("en_route", {"petugas": "Tono"})
    assert told(of, step) == [("en_route", "sms", 1)]
    assert told(replace(of, ways=())) == [("resolved", "sms", 9), ("resolved", "sms", 1)]
    unheard = replace(of, followers=(replace(follower, unreachable="mati"),))
    assert told(unheard) == [("resolved", "sms", 1)]


def test_stop_ends_notices_and_never_goes_round_by_another_door() -> None:
    of = replace(SOLVED, ways=(replace(WAY, muted=True), MAILED))
    assert told(of) == []


def test_a_letter_leaves_as_it_is_in_the_thread_of_the_last_message() -> None:
    draft = letter_draft(POLICY, replace(SOLVED, ways=(MAILED,)), Letter("Yth. Ibu\n{x}"), EVENT)
    assert draft
    assert (draft.text, draft.channel, draft.recipient) == (
        "Yth. Ibu\n{x}",
        "email",
        MAILED.address,
    )
    assert draft.key == f"answer:44:{SOLVED.id}:4"
    assert draft.purpose in WRITTEN_BY_PEOPLE
    assert (draft.urgency, draft.segments, draft.ticket_id) == (Urgency.REPLY, 0, SOLVED.id)


def test_a_letter_by_sms_knows_its_parts() -> None:
    muted = replace(SOLVED, ways=(replace(WAY, muted=True, message_id=0),))
    draft = letter_draft(POLICY, muted, Letter("x" * 200), EVENT)
    assert draft
    assert (draft.segments, draft.recipient) == (2, SARI)
    assert draft.key == f"answer:t:{SOLVED.id}:4"
    assert letter_draft(POLICY, replace(SOLVED, ways=()), Letter("x"), EVENT) is None


@pytest.mark.parametrize(
    ("ways", "channel"),
    [
        ([replace(WAY, channel=WEB)], "web"),
        ([replace(WAY, channel=WEB), WAY], "sms"),
        ([replace(WAY, channel=WEB), replace(WAY, unreachable="mati")], "web"),
        ([replace(MAILED, channel=DESK)], None),
    ],
)
def test_without_a_door_texts_lie_on_the_page_of_the_ticket(
    ways: list[WayBack], channel: str | None
) -> None:
    draft = letter_draft(POLICY, replace(SOLVED, ways=tuple(ways)), Letter("Baik"), EVENT)
    assert (draft.channel if draft else None) == channel
    notices = notice_drafts(POLICY, replace(SOLVED, ways=tuple(ways)), [NOTICE], EVENT)
    assert [one.channel for one in notices] == [one for one in (channel,) if one]
