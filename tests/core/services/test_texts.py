"""Wording texts through the store: who may, what is refused, and what citizens then read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.model.acts import Dispose, Resolve, Start
from core.model.staff import Role
from core.model.text_library import StoredText
from core.model.work import Refusal, RefusalKind
from core.services.texts import Wording, word
from gateway.wordings import Wordings
from tests.core.fakes import BUDI, office
from tests.core.services.workshop import BOSS, CARE, NETWORK, TECH, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ADMIN = staff(CARE, roles=frozenset({Role.ADMIN}))
OWN = Wording("life_danger_sms", "Hubungi 112. Tiket {tiket}.")


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def worded(shop: Workshop, wanted: Wording, by: Any = ADMIN) -> Any:
    return await word(shop.store.desk, by, wanted, shop.now)


async def test_a_text_is_kept_versioned_and_noted(shop: Workshop) -> None:
    first = await worded(shop, OWN)
    assert isinstance(first, StoredText)
    assert (first.version, first.changed_by) == (1, f"staff:{CARE}")
    second = await worded(shop, replace(OWN, text="Hubungi 119. Tiket {tiket}.", version=1))
    assert second.version == 2
    assert [one.text for one in await shop.store.texts.all()] == ["Hubungi 119. Tiket {tiket}."]
    events = await shop.rows(schema.admin_events)
    assert [(one.subject, one.kind) for one in events] == [("texts", "TextChanged")] * 2
    assert "Hubungi" not in "".join(one.data for one in events)


async def test_a_stale_writer_is_told_both_versions(shop: Workshop) -> None:
    await worded(shop, OWN)
    for version in (0, 2):
        stale = await worded(shop, replace(OWN, version=version))
        assert isinstance(stale, Refusal)
        assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 1, version)


async def test_an_empty_text_goes_back_to_the_wording_above(shop: Workshop) -> None:
    await worded(shop, OWN)
    gone = await worded(shop, replace(OWN, text=" ", version=1))
    assert (gone.version, gone.text) == (2, "")
    assert await shop.store.texts.all() == []
    assert (await worded(shop, OWN)).version == 3  # whoever sees nothing worded has seen it all
    gone = await worded(shop, replace(OWN, text="", version=3))
    assert (await worded(shop, replace(OWN, version=gone.version))).version == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": "gone"}, "key"),
        ({"language": "xx"}, "language"),
        ({"unit_id": 999}, "unit_id"),
        ({"text": "Hubungi 112."}, "text"),
        ({"text": "Tiket {tiket}, {nama}."}, "text"),
        ({"text": "Tiket {tiket} mungkin besok."}, "text"),
        ({"text": "x" * 160 + "{tiket}"}, "text"),
    ],
)
async def test_what_cannot_be_sent_is_refused_by_its_field(
    shop: Workshop, changes: dict[str, Any], field: str
) -> None:
    refused = await worded(shop, replace(OWN, **changes))
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.field) == (RefusalKind.INVALID, field)
    assert await shop.store.texts.all() == []


@pytest.mark.parametrize("who", [CARE, TECH, BOSS])
async def test_only_who_may_words_texts(shop: Workshop, who: int) -> None:
    refused = await worded(shop, OWN, staff(who))
    assert isinstance(refused, Refusal)
    assert refused.kind is RefusalKind.NOT_ALLOWED


async def test_citizens_read_the_wording_of_the_unit_that_has_their_ticket(
    store: SqlStore,
) -> None:
    wordings = Wordings({})
    shop = await Workshop(store, office(wording=wordings)).open_doors()
    own = Wording("resolved_unlinked_sms", "Bidang Jaringan: {solusi} ({tiket})", unit_id=NETWORK)
    await worded(shop, own)
    await wordings.refresh(store.texts)
    number = await shop.opens()
    await shop.does(number, Dispose(NETWORK, "periksa", TECH))
    await shop.does(number, Start("Mulai"), TECH)
    await shop.does(number, Resolve("kabel diganti"), TECH)
    assert (await shop.texts())[-1] == f"Bidang Jaringan: kabel diganti ({number})"
    other = await shop.opens(sender=BUDI)
    assert (await shop.texts())[-1].startswith(f"Laporan Anda diterima, no tiket {other}")
