"""What the procedure of Banyuwangi keeps: a note of every step, and no person for ever.

Stories share one office and run in the order of its calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.practices.walk_bw import Walk, local, walking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("riwayat")
    async with walking(folder, local("06/07")) as found:
        yield found


async def test_bw_07_no_step_of_a_technician_without_a_note(walk: Walk) -> None:
    walk.at("07/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK genset kantor mati")
    await walk.given(number)
    resolved = {"solution": "Sekring diganti"}
    pended = {"reason": "access", "for_whom": "penjaga", "note": "Gudang terkunci",
              "expected_at": local("08/07", "09.00").isoformat()}  # fmt: skip
    for act, body, field in (
        ("en-route", {"note": "Berangkat, membawa sekring"}, "note"),
        ("arrive", {"note": "Tiba, bertemu penjaga"}, "note"),
        ("depart", {"finding": "Sekring utama putus"}, "finding"),
        ("pend", pended, "note"),
        ("resume", {"note": "Kunci sudah ada"}, "note"),
        ("resolve", resolved, "solution"),
    ):
        bare = {name: held for name, held in body.items() if name != field}
        for empty in (bare, {**bare, field: "  "}):
            said = await walk.refused("technician", number, act, **empty)
            assert (said["status"], said["field"]) == (422, field), act
        await walk.does("technician", number, act, **body)
    await unit.told("Sekring diganti")
    kept = (await walk.desk.operator.get(f"/tickets/{number}/notes")).json["items"]
    texts = {one["text"] for one in kept}
    assert {"Berangkat, membawa sekring", "Tiba, bertemu penjaga", "Kunci sudah ada"} <= texts
    bound = [one for one in await walk.events(number) if "note_sha256" in one["data"]]
    assert [one["kind"] for one in bound] == ["EnRoute", "Arrived", "WorkPaused", "WorkResumed"]
