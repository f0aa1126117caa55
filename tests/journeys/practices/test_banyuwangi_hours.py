"""The hours of Banyuwangi as citizens are told them by SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.practices.walk_bw import local, walking

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

# Requirements §3, worked cases: received, answered by, solved by (normal), by a high priority.
CASES = [
    ("14/07 09.59", "14/07 10.29", "20/07 17.00", "15/07 17.00"),
    ("14/07 11.29", "14/07 11.59", "20/07 17.00", "15/07 17.00"),
    ("14/07 16.45", "15/07 08.15", "20/07 17.00", "15/07 17.00"),
    ("17/07 10.45", "17/07 13.15", "23/07 17.00", "18/07 12.00"),  # the break of Friday
    ("18/07 11.50", "20/07 08.20", "24/07 17.00", "20/07 17.00"),  # Saturday closes at noon
    ("19/07 22.00", "20/07 08.30", "24/07 17.00", "20/07 17.00"),  # Sunday is closed
    ("15/08 11.50", "18/08 08.20", "22/08 12.00", "18/08 17.00"),  # 17 August is a holiday
    ("23/12 16.45", "26/12 08.15", "31/12 17.00", "26/12 12.00"),  # Christmas
]


def moment(written: str) -> datetime:
    day, clock = written.split()
    return local(day, clock)


async def test_bw_17_bw_18_bw_19_what_is_promised_at_every_hour_of_the_week(
    tmp_path: Path,
) -> None:
    async with walking(tmp_path, local("14/07", "09.00")) as walk:
        for received, answer, solution, high in CASES:
            day, clock = received.split()
            walk.at(day, clock)
            unit = walk.citizen()
            number = await unit.complains("HELPDESK internet kantor mati")
            assert f"Dijawab petugas paling lambat {answer}" in unit.heard[0], received
            assert f"{solution} WIB" in unit.heard[0], received
            await walk.does("operator", number, "set-priority", priority="high", reason="penting")
            assert (await walk.due(number))["solution"] == moment(high), received
