"""Photos of a technician's steps: seen by staff, or by the reporter too where that is meant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.model import acts
from core.model.attachments import FileSide
from core.model.enclosing import MIB, Carriage
from core.model.rights import scope
from core.model.work import Refusal
from core.services.work import NOT_SHOWN
from tests.contracts.planting import rows
from tests.core.services.test_enclosing import lays, page, seen, waiting, with_doors
from tests.core.services.workshop import CARE, OTHER, TECH, Workshop, staff

if TYPE_CHECKING:
    from core.model.acts import Act
    from ticket_store.store import SqlStore

CARRIES = Carriage("x", 5, MIB)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    made = await Workshop(store).open_doors()
    made.work = with_doors(made, CARRIES)
    return made


async def on_the_spot(shop: Workshop) -> str:
    number = await shop.opens()
    await shop.does(number, acts.Assign(TECH), CARE)
    await shop.does(number, acts.EnRoute("berangkat"), TECH)
    await shop.does(number, acts.Arrive("tiba"), TECH)
    return number


def step(shop: Workshop, name: str, files: tuple[int, ...], *, shown: bool = False) -> Act:
    made: dict[str, Act] = {
        "finding": acts.NoteFinding("Sekring putus", files),
        "pause": acts.Pend(
            "access", "pemilik", "gedung terkunci", shop.now + timedelta(days=1), "", files, shown
        ),
        "solution": acts.Resolve("Sekring diganti", files=files, shown=shown),
    }
    return made[name]


KIND = {"finding": "FindingNoted", "pause": "WorkPaused", "solution": "Resolved"}
PURPOSE = {"pause": "pending", "solution": "resolved"}


@pytest.mark.parametrize("name", KIND)
async def test_bw_47_photos_of_a_step_are_seen_by_staff_alone(shop: Workshop, name: str) -> None:
    number = await on_the_spot(shop)
    (one,) = await lays(shop, number, "f.png", who=TECH, kind="note")
    await shop.does(number, step(shop, name, (one.id,)), TECH)
    assert await seen(shop, number) == [(FileSide.NOTE, "f.png")]
    assert await waiting(shop, number, TECH) == []
    notes = await shop.store.lists.notes(scope(staff(CARE)), number)
    assert [note.kind for note in notes if note.kind == name] == [name]
    told = [one for one in await shop.store.reads.history(number) if one.kind == KIND[name]]
    assert json.loads(told[-1].data)["files"] == 1
    assert not [line for line in await shop.store.proofs.conversation(number) if line.files]


@pytest.mark.parametrize("name", PURPOSE)
@pytest.mark.parametrize("apart", [False, True])
async def test_what_the_reporter_may_see_goes_with_the_notice_or_lies_on_the_page(
    shop: Workshop, name: str, *, apart: bool
) -> None:
    shop.work = with_doors(shop, None if apart else CARRIES)
    number = await on_the_spot(shop)
    (one,) = await lays(shop, number, "f.png", who=TECH, kind="note")
    await shop.does(number, step(shop, name, (one.id,), shown=True), TECH)
    assert await seen(shop, number) == [(FileSide.OUT, "f.png")]
    (notice,) = [row for row in await rows(shop.store) if row.purpose == PURPOSE[name]]
    assert (page(number) in notice.text) is apart
    async with shop.store.desk() as desk:
        talk = (await desk.outbox.conversations([notice.id]))[notice.id]
    assert [file.filename for file in talk.files] == ([] if apart else ["f.png"])
    lines = [line for line in await shop.store.proofs.conversation(number) if line.files]
    assert [file.filename for file in lines[0].files] == ["f.png"]


async def test_a_window_does_not_hold_the_notice_back_with_its_photos(shop: Workshop) -> None:
    """Outside WhatsApp's 24 hours only a template leaves, and none carries files."""
    channels = {
        name: replace(one, windowed=True) for name, one in shop.work.office.channels.items()
    }
    shop.work = replace(shop.work, office=replace(shop.work.office, channels=channels))
    number = await on_the_spot(shop)
    (one,) = await lays(shop, number, "f.png", who=TECH, kind="note")
    await shop.does(number, step(shop, "solution", (one.id,), shown=True), TECH)
    (notice,) = [row for row in await rows(shop.store) if row.purpose == "resolved"]
    async with shop.store.desk() as desk:
        talk = (await desk.outbox.conversations([notice.id]))[notice.id]
    assert (talk.files, page(number) in notice.text) == ((), True)


@pytest.mark.parametrize("name", PURPOSE)
async def test_what_cannot_be_shown_is_refused_and_waits_on(shop: Workshop, name: str) -> None:
    shop.work = with_doors(shop, None, None)
    number = await on_the_spot(shop)
    (one,) = await lays(shop, number, "f.png", who=TECH, kind="note")
    assert await shop.refused(number, step(shop, name, (one.id,), shown=True), TECH) == NOT_SHOWN
    assert await waiting(shop, number, TECH) == ["f.png"]
    await shop.does(number, step(shop, name, (one.id,)), TECH)
    assert await seen(shop, number) == [(FileSide.NOTE, "f.png")]


@pytest.mark.parametrize("name", KIND)
async def test_files_of_others_or_gone_ones_are_refused_whole(shop: Workshop, name: str) -> None:
    number = await on_the_spot(shop)
    (own,) = await lays(shop, number, "f.png", who=TECH, kind="note")
    (foreign,) = await lays(shop, number, "g.png", who=CARE, kind="note")
    for wrong in (foreign.id, 999):
        refused = await shop.refused(number, step(shop, name, (own.id, wrong)), TECH)
        assert isinstance(refused, Refusal)
        assert refused.field == "files"
    assert await waiting(shop, number, TECH) == ["f.png"]
    assert await waiting(shop, number, OTHER) == []
    assert await seen(shop, number) == []
