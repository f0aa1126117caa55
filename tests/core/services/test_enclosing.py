"""Files beside drafts and what takes them along, on both engines."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import NotFound
from core.model import acts
from core.model.attachments import FileSide
from core.model.drafts import DraftFile, DraftKind
from core.model.enclosing import MIB, NO_FILES, Carriage
from core.model.work import Refusal, RefusalKind
from core.services.enclosing import Room, enclose, take_away
from core.services.letters import LetterOrder, recall, send_again
from core.services.work import Done
from tests.contracts.planting import claim, handed, record, rows
from tests.core.services.workshop import BOSS, CARE, LEADER, Workshop, actor

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

TEXT = "Teknisi kami datang besok pukul 09.00 karena suku cadang tiba pagi."
ROOM = Room(2, MIB, 30)


def page(number: str) -> str:
    return f"https://contoh.example/t/{number}"


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    made = await Workshop(store).open_doors()
    made.work = with_doors(made, None)
    return made


def with_doors(shop: Workshop, carries: Carriage | None, link: Any = page) -> Any:
    channels = {
        name: replace(one, carries=carries) for name, one in shop.work.office.channels.items()
    }
    return replace(
        shop.work, office=replace(shop.work.office, channels=channels, ticket_link=link)
    )


async def lays(
    shop: Workshop, number: str, *names: str, who: int = CARE, kind: str = "answer"
) -> Any:
    ticket = await shop.ticket(number)
    files = [
        DraftFile(0, ticket.id, who, DraftKind(kind), f"ab/{n}", "image/png", n, 10, shop.now)
        for n in names
    ]
    return await enclose(shop.store.desk, actor(who), ticket, ROOM, files)


async def waiting(shop: Workshop, number: str, who: int = CARE) -> list[str]:
    ticket = await shop.ticket(number)
    return [one.filename for one in await shop.store.drafts.files(ticket.id, who)]


async def seen(shop: Workshop, number: str) -> list[tuple[FileSide, str]]:
    return [(one.side, one.filename) for one in await shop.store.files.files(number)]


async def test_they_wait_by_person_and_kind_within_the_room(shop: Workshop) -> None:
    number = await shop.opens()
    laid = await lays(shop, number, "a.png", "b.png")
    assert [one.filename for one in laid] == ["a.png", "b.png"]
    assert all(one.id for one in laid)
    full = await lays(shop, number, "c.png")
    assert isinstance(full, Refusal)
    assert full.field == "files"
    again = await lays(shop, number, "a.png")  # the same once more
    assert list(again) == list(laid[:1])
    await lays(shop, number, "n.png", kind="note")
    assert await waiting(shop, number) == ["a.png", "b.png", "n.png"]
    assert (await lays(shop, number, "l.png", who=LEADER)).kind is RefusalKind.UNENTITLED
    assert await enclose(shop.store.desk, actor(CARE), await shop.ticket(number), ROOM, []) == ()


async def test_one_is_taken_away_by_its_owner_alone(shop: Workshop) -> None:
    number = await shop.opens()
    (one,) = await lays(shop, number, "a.png")
    ticket = await shop.ticket(number)
    with pytest.raises(NotFound):
        await take_away(shop.store.desk, actor(BOSS), ticket, one.id)
    assert (await take_away(shop.store.desk, actor(CARE), ticket, one.id)).stored_as == "ab/a.png"
    with pytest.raises(NotFound):
        await take_away(shop.store.desk, actor(CARE), ticket, one.id)
    async with shop.store.desk() as desk:
        assert await desk.attachments.unnamed(["ab/a.png"]) == {"ab/a.png"}


@pytest.mark.parametrize("apart", [False, True])
async def test_an_answer_takes_them_and_what_the_door_carries(
    shop: Workshop, *, apart: bool
) -> None:
    shop.work = with_doors(shop, None if apart else Carriage("x", 5, MIB))
    number = await shop.opens()
    first, second = await lays(shop, number, "a.png", "b.png")
    answer = acts.Answer(TEXT, files=(second.id, first.id))
    await shop.does(number, answer, CARE)
    assert await waiting(shop, number) == []
    assert await seen(shop, number) == [(FileSide.OUT, "b.png"), (FileSide.OUT, "a.png")]
    (letter,) = [row for row in await rows(shop.store) if row.purpose == "answer"]
    assert (page(number) in letter.text) is apart
    async with shop.store.desk() as desk:
        talk = (await desk.outbox.conversations([letter.id]))[letter.id]
        assert await desk.attachments.unnamed(["ab/a.png", "ab/z.png"]) == {"ab/z.png"}
    assert [one.filename for one in talk.files] == ([] if apart else ["b.png", "a.png"])
    # a copy by hand carries the same
    for item in await claim(shop.store, shop.now):
        await record(shop.store, handed(item.id, f"SM{item.id}"))
    view = await shop.store.files.file(number, letter.id, 1, FileSide.OUT)
    assert (view.filename, view.inline) == ("a.png", True)
    with pytest.raises(NotFound):
        await shop.store.files.file(number, letter.id, 1, FileSide.NOTE)


async def test_without_door_and_page_it_is_refused_and_they_wait_on(shop: Workshop) -> None:
    shop.work = with_doors(shop, None, None)
    number = await shop.opens()
    (one,) = await lays(shop, number, "a.png")
    refused = await shop.tries(number, acts.Answer(TEXT, files=(one.id,)), CARE)
    assert isinstance(refused, Refusal)
    assert (refused.field, NO_FILES in refused.sentence) == ("files", True)
    assert await waiting(shop, number) == ["a.png"]


async def test_taken_back_they_wait_again_and_no_citizen_saw_them(shop: Workshop) -> None:
    number = await shop.opens()
    (one,) = await lays(shop, number, "a.png")
    await shop.does(number, acts.Answer(TEXT, recallable=True, files=(one.id,)), CARE)
    assert not [line for line in await shop.store.proofs.conversation(number) if line.files]
    (letter,) = [row for row in await rows(shop.store) if row.purpose == "answer"]
    order = LetterOrder(actor(CARE), number, letter.id, shop.now)
    assert isinstance(await recall(shop.store.desk, shop.work, order), Done)
    assert await waiting(shop, number) == ["a.png"]
    assert not [line for line in await shop.store.proofs.conversation(number) if line.files]
    assert isinstance(await send_again(shop.store.desk, shop.work, order), Refusal)


async def test_a_note_keeps_its_own_and_both_are_counted_in_the_history(shop: Workshop) -> None:
    number = await shop.opens()
    (one,) = await lays(shop, number, "n.png", kind="note")
    wrong = await shop.tries(number, acts.Answer(TEXT, files=(one.id,)), CARE)
    assert isinstance(wrong, Refusal)
    await shop.does(number, acts.Note("lihat fotonya", files=(one.id,)), CARE)
    assert await seen(shop, number) == [(FileSide.NOTE, "n.png")]
    last = (await shop.store.reads.history(number))[-1]
    assert (last.kind, json.loads(last.data)["files"]) == ("NoteAdded", 1)
    assert not [line for line in await shop.store.proofs.conversation(number) if line.files]


async def test_old_ones_are_forgotten(shop: Workshop) -> None:
    number = await shop.opens()
    await lays(shop, number, "a.png")
    async with shop.store.desk() as desk:
        assert await desk.retention.forget("draft_files", shop.now, 10) == 0
        later = shop.now.replace(year=shop.now.year + 1)
        assert await desk.retention.forget("draft_files", later, 10) == 1
        await desk.commit()
    assert await waiting(shop, number) == []
