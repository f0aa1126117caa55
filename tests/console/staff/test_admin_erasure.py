"""LL-09, BW-13: a person's data deleted from the console, after a look, by typing it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.errors import StoreUnavailable
from tests.console.staff.kit import Browser, Page, at_the_console
from tests.gateway.api.kit import SENDERS
from tests.gateway.gateway_kit import message, phone
from ticket_store.desk import SqlDesk

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

HERE = "/console/admin/hapus-data"
WHY = "Surat permohonan 12/2026, diputuskan kepala dinas"


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


async def ended(house: ApiOffice, sender: int, text: str = "HELPDESK lampu Bu Rahma mati") -> str:
    number = await house.ticket(text, sender)
    done = await house.operator.act(number, "cancel", {"reason": "ditarik pelapor"})
    assert done.status == 200, done.text
    return number


async def looks(admin: Browser, who: str) -> Page:
    return await admin.send(f"{HERE}/lihat", await admin.get(HERE), {"who": who})


async def erases(admin: Browser, who: str, **typed: str) -> Page:
    form = {"who": who, "again": who, "reason": WHY, **typed}
    return await admin.send(HERE, await admin.get(HERE), form)


async def shown(house: ApiOffice, number: str) -> str:
    return (await house.admin.get(f"/tickets/{number}")).text


@pytest.mark.parametrize("by", ["number", "phone", "spelling"])
async def test_ll_09_looked_at_typed_again_and_gone(
    house: ApiOffice, admin: Browser, by: str
) -> None:
    sender = next(SENDERS)
    first, second = await ended(house, sender), await ended(house, sender)
    await house.hall.post(message("halo, ini Bu Rahma", From=phone(sender)))
    who = {"number": first, "phone": phone(sender), "spelling": f"0812-{sender:08d}"}[by]
    page = await looks(admin, who)
    assert page.status == 200
    assert phone(sender)[-4:] in page.words
    assert phone(sender) not in page.words.replace(who, "")
    assert all(one in page.words for one in (first, second, "Pesan tanpa tiket"))
    assert "Rahma" in await shown(house, first)  # nothing has gone yet
    done = await erases(admin, who)
    assert done.headers["Location"] == f"{HERE}?tiket=2&pesan=1"
    page = await admin.get(done.headers["Location"])
    assert "pada 2 tiket dan 1 pesan" in page.words
    assert "Data pribadi pelapor dihapus" in page.words  # the house's own history
    for number in (first, second):
        assert "Rahma" not in await shown(house, number)
        history = await house.admin.get(f"/tickets/{number}/history")
        assert history.json["items"][-1]["kind"] == "PersonErased"
    assert "Tidak ada data pribadi" in (await looks(admin, phone(sender))).words


async def test_a_running_ticket_stands_in_the_way_and_is_named(
    house: ApiOffice, admin: Browser
) -> None:
    sender = next(SENDERS)
    old, runs = await ended(house, sender), await house.ticket(sender=sender)
    page = await looks(admin, old)
    assert "masih mempunyai tiket berjalan" in page.words
    assert f"/console/tiket/{runs}" in page.text
    assert 'name="again"' not in page.text
    refused = await erases(admin, old)
    assert (refused.status, runs in refused.words) == (409, True)
    assert "Rahma" in await shown(house, old)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"again": ""}, "Tidak sama dengan yang dicari"),
        ({"again": "HD26-000001-7"}, "Tidak sama dengan yang dicari"),
        ({"again": "+6281200000001"}, "Tidak sama dengan yang dicari"),
        ({"reason": "  "}, "Tuliskan dasar penghapusan"),
        ({"reason": "a"}, "Tuliskan dasar penghapusan"),
    ],
)
async def test_without_the_same_words_and_a_reason_nothing_goes(
    house: ApiOffice, admin: Browser, typed: dict[str, str], words: str
) -> None:
    number = await ended(house, next(SENDERS))
    page = await erases(admin, number, **typed)
    assert (page.status, words in page.words) == (422, True)
    assert number in page.text  # what was typed is still there
    assert "Rahma" in await shown(house, number)


@pytest.mark.parametrize(
    "who", ["", "Rahma", "HD26-999999-9", "12345", "a@", "+628120000", "\x00"]
)
async def test_who_is_nobody_is_told_at_the_field(admin: Browser, who: str) -> None:
    for page in (await looks(admin, who), await erases(admin, who)):
        assert page.status == 422
        assert 'aria-invalid="true"' in page.text


async def test_nobody_erases_a_complaint_about_themselves(
    house: ApiOffice, admin: Browser
) -> None:
    number = await house.ticket()
    marked = {"about_staff_id": house.ids["admin"]}
    assert (await house.operator.act(number, "mark", marked)).status == 200
    assert (await house.operator.act(number, "cancel", {"reason": "x"})).status == 200
    page = await erases(admin, number)
    assert (page.status, "administrator lain" in page.words) == (409, True)
    by_program = await house.admin.post(f"/tickets/{number}/erase-person", {"reason": WHY})
    assert by_program.status in (403, 404, 409)
    found = await house.operator.get(f"/tickets/{number}/history")
    assert "PersonErased" not in found.text


@pytest.mark.parametrize("who", ["operator", "care", "leader", "head", "supervisor", "technician"])
async def test_only_administrators(house: ApiOffice, who: str) -> None:
    browser = await at_the_console(house, who)
    assert (await browser.get(HERE)).status == 403
    page = await browser.get("/console/akun")
    form = {"who": "HD26-000001-7", "again": "HD26-000001-7", "reason": WHY}
    for path in (HERE, f"{HERE}/lihat"):
        assert (await browser.send(path, page, form)).status == 403


async def test_without_a_store_what_was_typed_comes_back(
    house: ApiOffice, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await ended(house, next(SENDERS))

    async def away(_: SqlDesk) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(SqlDesk, "commit", away)
        anything: Any = await erases(admin, number)
    assert anything.status == 503
    assert WHY in anything.text
    assert (await erases(admin, number)).status == 303


async def test_how_long_what_is_kept_is_shown(admin: Browser) -> None:
    page = await admin.get(HERE)
    assert "tidak dihapus dengan sendirinya" in page.words
    assert "180 hari" in page.words
    assert "48 jam" in page.words
