"""What a virus scanner says of a file counts for more than its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.file_fetch import INFECTED, NEVER_SCANNED, NOT_SCANNED
from gateway.virus_scan import Scan, Verdict
from tests.gateway.file_kit import Door, Options, hall, wanted

if TYPE_CHECKING:
    from pathlib import Path


class Scanner:
    """Says what it is told."""

    def __init__(self, *verdicts: Verdict) -> None:
        self._verdicts = list(verdicts)

    async def scan(self, path: Path) -> Scan:
        assert path.exists()
        return Scan(self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0])


@pytest.mark.parametrize(
    ("verdicts", "file", "expected", "reason"),
    [
        ([Verdict.CLEAN], b"halo", ("stored", 1), ""),
        ([Verdict.CLEAN], b"MZ\0", ("suspect", 1), "program"),
        ([Verdict.INFECTED], b"halo", ("suspect", 1), INFECTED),
        ([Verdict.INFECTED], b"MZ\0", ("suspect", 1), INFECTED),
        ([Verdict.TOO_LARGE], b"halo", ("suspect", 1), NOT_SCANNED),
        ([Verdict.UNANSWERED, Verdict.CLEAN], b"halo", ("stored", 2), ""),
        ([Verdict.UNANSWERED], b"halo", ("suspect", 3), NEVER_SCANNED),
    ],
)
async def test_what_the_scanner_says_counts(
    verdicts: list[Verdict], file: bytes, expected: tuple[str, int], reason: str, tmp_path: Path
) -> None:
    options = Options(scanner=Scanner(*verdicts))
    async with hall(tmp_path, Door(file=file), options=options) as there:
        await wanted(there)
        await there.settled()
        row = await there.row()
        assert (row.state, row.attempt) == expected
        assert reason in row.reason
        assert len(there.on_disk()) == 1
