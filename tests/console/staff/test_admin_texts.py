"""Texts are measured and read before they are kept; each place has its own wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.staff.admin.text_samples import SAMPLES, TITLES
from core.model.text_faults import Wrong
from core.model.text_template import PLACEHOLDERS, SMS, wording_faults
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

TEKS = "/console/admin/teks"
GOOD = "Laporan {tiket} kami terima, dijawab sebelum {jawab} {zona}."


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def test_every_text_has_a_title_and_every_placeholder_a_value() -> None:
    assert set(TITLES) == {key.removesuffix(SMS) for key in PLACEHOLDERS}
    assert set(SAMPLES) == frozenset().union(*PLACEHOLDERS.values())


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("ack_sms", "Diterima", Wrong.MISSING),
        ("ack_sms", "{tiket} {entah}", Wrong.PLACEHOLDER),
        ("ack_sms", "{tiket} {", Wrong.BRACE),
        ("ack_sms", "{tiket} mungkin", Wrong.GUESS),
        ("ack_sms", "{tiket} \U0001f600", Wrong.FOREIGN),
        ("ack_sms", "{tiket}" + "x" * 160, Wrong.TOO_LONG),
        ("ack", "{tiket}\x00", Wrong.INVISIBLE),
        ("ack", "{tiket}" + "x" * 4000, Wrong.LENGTH),
        ("entah", "x", Wrong.UNKNOWN),
    ],
)
def test_what_is_wrong_is_told_in_both_languages(key: str, text: str, kind: Wrong) -> None:
    faults = wording_faults(key, text)
    assert [one.kind for one in faults] == [kind]
    assert faults[0].words
    assert faults[0].words != faults[0].sentence


@pytest.mark.parametrize("path", ["", "/ack", "/ack?unit=1&bahasa=en", "/ack?unit=²&bahasa=xx"])
async def test_only_who_has_the_right(operator: Browser, admin: Browser, path: str) -> None:
    assert (await admin.get(TEKS + path)).status == 200
    assert (await operator.get(TEKS + path)).status == 403


async def test_every_page_shows_how_its_text_reads(admin: Browser) -> None:
    for base in TITLES:
        page = await admin.get(f"{TEKS}/{base}")
        assert page.status == 200, base
        assert page.text.count('class="bubble"') == 3, base
    assert (await admin.get(f"{TEKS}/entah")).status == 404
    page = await admin.get(f"{TEKS}/ack")
    assert (await admin.send(f"{TEKS}/entah", page, {"text": "x"})).status == 404


async def test_a_wording_is_kept_used_and_given_back(house: ApiOffice, admin: Browser) -> None:
    page = await admin.get(f"{TEKS}/ack")
    form = {"text": GOOD, "unit": "0", "bahasa": "id", "version": "0"}
    done = await admin.send(f"{TEKS}/ack_sms", page, form)
    assert done.status == 303, done.words
    assert "diubah kantor" in (await admin.get(TEKS)).words
    await house.hall.gateway.plan.policy.wording.refresh(house.hall.store.texts)  # type: ignore[union-attr]  # as the round does
    await house.ticket()
    await house.hall.quiet()
    assert any("kami terima, dijawab sebelum" in text for text in house.hall.texts())
    late = await admin.send(f"{TEKS}/ack_sms", page, {**form, "text": GOOD + " Salam."})
    assert late.status == 409
    assert "Salam." in late.text
    assert f"Tersimpan sekarang: {GOOD}" in late.words
    back = await admin.send(f"{TEKS}/ack_sms", page, {**form, "version": "1", "back": "1"})
    assert back.status == 303
    assert "diubah kantor" not in (await admin.get(TEKS)).words


async def test_a_faulty_wording_comes_back_with_what_is_wrong(admin: Browser) -> None:
    page = await admin.get(f"{TEKS}/ack")
    form = {"text": "Diterima, mungkin {besok}", "unit": "1", "bahasa": "en", "version": "0"}
    said = await admin.send(f"{TEKS}/ack_sms", page, form)
    assert said.status == 422
    assert "Isian {tiket} wajib ada" in said.words
    assert "menduga-duga" in said.words
    assert "Diterima, mungkin {besok}" in said.text
    checked = await admin.send(f"{TEKS}/ack_sms", page, {**form, "check": "1"})
    assert checked.status == 200
    assert "Isian {tiket} wajib ada" in checked.words


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("ack_sms", GOOD, "1 SMS"),
        ("ack_sms", "{tiket}" + "x" * 200, "huruf SMS dengan isian terpanjang"),
        ("ack", "{tiket} <script>", "HD26-004217-4 <script>"),
        ("ack", "", "0 huruf"),
    ],
)
async def test_a_draft_is_measured_as_one_types(
    admin: Browser, key: str, text: str, said: str
) -> None:
    page = await admin.get(f"{TEKS}/ack")
    measured = await admin.send(f"{TEKS}/{key}/ukur", page, {"text": text}, HX_Request="true")
    assert measured.status == 200
    assert "<html" not in measured.text
    assert "<script>" not in measured.text
    assert said in measured.words.replace("&lt;", "<")
