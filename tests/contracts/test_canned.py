"""Canned replies on both engines: read back whole, found by words, counted by versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model.canned import CannedReply
from core.model.staff import Role, Staff
from core.model.work import Refusal, RefusalKind
from core.services.canned import NO_SUCH_REPLY, CannedDraft, add_reply, change_reply

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
ADMIN = Staff(1, "admin", "Admin", frozenset({Role.ADMIN}))
CLERK = Staff(2, "sari", "Sari", frozenset({Role.OPERATOR}))


async def kept(store: SqlStore, title: str, text: str = "Jawaban.") -> CannedReply:
    found = await add_reply(store.desk, ADMIN, CannedDraft(title, text), NOW)
    assert isinstance(found, CannedReply)
    return found


async def test_an_answer_is_read_back_whole(store: SqlStore) -> None:
    made = await kept(store, "  Jam   layanan ", "Buka 08.00\nTiket {tiket} ")
    assert (made.title, made.text, made.version) == ("Jam layanan", "Buka 08.00\nTiket {tiket}", 1)
    assert await store.canned.one(made.id) == made
    with pytest.raises(NotFound):
        await store.canned.one(made.id + 1)


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ([], ["Alamat", "Jam 100%"]), (["alamat"], ["Alamat"]), (["jawaban", "jam"], ["Jam 100%"]),
        (["%"], ["Jam 100%"]), (["_"], []), (["'; drop"], []), (["tiket"], []),
    ],
)  # fmt: skip
async def test_what_holds_every_word_is_found_by_title(
    store: SqlStore, words: list[str], titles: list[str]
) -> None:
    for title in ("Jam 100%", "Alamat", "Lama"):
        made = await kept(store, title, "JAWABAN kami")
    assert await change_reply(store.desk, ADMIN, (made.id, 1), None, NOW)
    assert [one.title for one in await store.canned.find(words, None, 50)] == titles
    assert len(await store.canned.find([], None, 1)) == 1


async def test_a_stale_writer_and_a_stranger_are_refused(store: SqlStore) -> None:
    made, draft = await kept(store, "Jam"), CannedDraft("Jam", "Buka 09.00")
    changed = await change_reply(store.desk, ADMIN, (made.id, 1), draft, NOW)
    assert isinstance(changed, CannedReply)
    assert (changed.version, changed.text) == (2, "Buka 09.00")
    stale = await change_reply(store.desk, ADMIN, (made.id, 1), draft, NOW)
    assert isinstance(stale, Refusal)
    assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 2, 1)
    assert await change_reply(store.desk, ADMIN, (made.id, 2), draft, NOW) == changed
    for refused in (
        await add_reply(store.desk, CLERK, draft, NOW),
        await change_reply(store.desk, CLERK, (made.id, 2), draft, NOW),
        await change_reply(store.desk, CLERK, (made.id, 2), None, NOW),
    ):
        assert isinstance(refused, Refusal)
    assert await change_reply(store.desk, ADMIN, (999, 1), draft, NOW) is NO_SUCH_REPLY
