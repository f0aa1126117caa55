"""Exactly one ticket and one acknowledgement through kill -9 at every door (threats.md R4).

Where a provider keeps no list, an acknowledgement may come twice: marked, and only when the
gateway could not know. ``HELPDESK_KILLS=50`` runs the long version (docs/reliability.md).
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.journeys.kill_kannel import KannelSide
from tests.journeys.kill_kit import Stage
from tests.journeys.kill_ledger import from_sqlite
from tests.journeys.kill_mail import ImapSide, SmtpSide
from tests.journeys.kill_telegram import TelegramSide
from tests.journeys.kill_whatsapp import WhatsAppSide

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.journeys.kill_side import Cues, Side

KILLS = int(os.environ.get("HELPDESK_KILLS", "2"))
PER_KILL = 8
LIMIT = 180 + 15 * KILLS

pytestmark = [pytest.mark.journey, pytest.mark.timeout(LIMIT)]

SIDES: dict[str, Callable[[Cues], Side]] = {
    "whatsapp": WhatsAppSide,
    "telegram webhook": partial(TelegramSide, polls=False),
    "telegram polling": partial(TelegramSide, polls=True),
    "smtp": SmtpSide,
    "imap": ImapSide,
    "kannel": KannelSide,
}


@pytest.mark.parametrize("side", SIDES.values(), ids=list(SIDES))
async def test_every_message_is_one_ticket_and_one_acknowledgement(
    side: Callable[[Cues], Side], tmp_path: Path
) -> None:
    path = tmp_path / "helpdesk.db"
    store = f"sqlite+aiosqlite:///{path}"
    stage = Stage(tmp_path, store, from_sqlite(path), seed=61, side=side)
    async with stage:
        for turn in range(KILLS):
            stage.let_write(PER_KILL, within=1.0)
            await stage.strike(stage.side.moments[turn % len(stage.side.moments)])
        ledger = await stage.settled()
    assert len(stage.written) == KILLS * PER_KILL
    assert ledger.lost == []
    assert ledger.doubled == []
    assert ledger.phantom == []
    assert ledger.faults == []
