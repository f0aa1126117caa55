"""Reporters who read on the page of their ticket: what lies there, and what leaves anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model.acts import Answer, Pend, Resolve, Review
from core.model.messages import Address, AddressKind, ChannelId, Outcome
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from core.model.ticket import Status
from core.model.work import RefusalKind
from core.services.surveys import open_survey
from tests.core.fakes import DAY, NOON, SARI, SMS, office
from tests.core.services.counter import LAMP, Counter
from tests.core.services.test_watch import rules, swept
from tests.core.services.workshop import Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

PAGES, DESK = ChannelId("lapor"), ChannelId("loket")
SOMEONE = Address(AddressKind.CLAIM, "formulir")
POLICY = office(
    channels={
        **office().channels,
        PAGES: ChannelTraits(
            PAGES, TextForm.CHAT, tells="di halaman", complaints_only=True, page=True
        ),
        DESK: ChannelTraits(DESK, TextForm.CHAT, tells="di loket", complaints_only=True),
    }
)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store, POLICY).open_doors()


async def promised(counter: Counter, purpose: str) -> list[tuple[str, str]]:
    """Door and recipient of each text of this purpose."""
    rows = await counter.rows(schema.outbox)
    return [(row.channel, row.recipient) for row in rows if row.purpose == purpose]


@pytest.mark.parametrize(
    ("sender", "opened_by", "told_by"), [(SARI, SMS, "sms"), (SOMEONE, PAGES, "lapor")]
)
async def test_words_on_the_page_do_not_change_the_door_of_notices(
    store: SqlStore, sender: Address, opened_by: ChannelId, told_by: str
) -> None:
    counter = Counter(store, POLICY)
    receipt = await counter.says(f"HELPDESK {LAMP}", sender, channel=opened_by)
    said = await counter.says("Tiang ketiga", sender, channel=PAGES, proven=receipt.number)
    assert (said.outcome, said.number) == (Outcome.JOINED, receipt.number)
    late = await swept(counter, NOON + DAY, rules(channels=POLICY.channels))
    assert late.breached == 1
    assert await promised(counter, "late_answer") == [(told_by, sender.value)]


async def test_answers_and_notices_lie_on_the_page_and_close_nothing_by_silence(
    shop: Workshop,
) -> None:
    number = str((await shop.says(LAMP, SOMEONE, channel=PAGES)).number)
    await shop.does(number, Review())
    assert (await shop.does(number, Answer("Kami periksa"))).told == ("answer",)
    expected = shop.now + DAY
    await shop.does(number, Pend("access", "pemilik rumah", "pagar terkunci", expected))
    assert (await shop.does(number, Resolve("Lampu diganti"))).told == ("resolved",)
    places = [await promised(shop, one) for one in ("answer", "pending", "resolved")]
    assert places == [[("lapor", SOMEONE.value)]] * 3
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.noticed_at) == (Status.RESOLVED, None)


async def test_an_answer_that_nothing_can_carry_is_refused(shop: Workshop) -> None:
    number = str((await shop.says(LAMP, SOMEONE, channel=DESK)).number)
    refusal = await shop.refused(number, Answer("Kami periksa"))
    assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "spoken")
    assert (await shop.ticket(number)).answered_at is None
    await shop.does(number, Answer("Sudah saya telepon", spoken=True))
    assert (await shop.ticket(number)).answered_at == shop.now


async def test_a_survey_is_read_before_anybody_opened_it(shop: Workshop) -> None:
    with pytest.raises(NotFound):
        await open_survey(shop.store.desk, 1, shop.now)
    number = str((await shop.says(LAMP, SOMEONE, channel=PAGES)).number)
    ticket = await shop.ticket(number)
    found = await shop.store.surveys.about(ticket.id)
    assert found is not None
    assert (found.number, found.solved, found.state) == (number, False, None)
