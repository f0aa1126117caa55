"""A text that staff have worded is used without a restart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import StoreUnavailable
from core.model.texts import TextForm, render
from gateway.wordings import Wordings
from tests.gateway.gateway_kit import office, until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.model.text_library import StoredText

THANKS = "survey_thanks_sms"


class Texts:
    """What is stored, as the test says; away where it says nothing."""

    def __init__(self) -> None:
        self.stored: Sequence[StoredText] | None = None
        self.asked = 0

    async def all(self) -> Sequence[StoredText]:
        self.asked += 1
        if self.stored is None:
            reason = "away"
            raise StoreUnavailable(reason)
        return self.stored


def said(wordings: Wordings) -> str:
    texts = wordings(None, "id")
    return render(texts, "survey_thanks", TextForm.SMS, {"tiket": "HD26-000001-9"})


async def test_a_stored_text_is_read_again_and_again() -> None:
    wordings, texts = Wordings({THANKS: "Matur nuwun {tiket}"}), Texts()
    task = asyncio.create_task(wordings.run(texts, every=0.01))
    await until(lambda: texts.asked > 1)
    assert said(wordings) == "Matur nuwun HD26-000001-9"
    texts.stored = ()
    seen = texts.asked
    await until(lambda: texts.asked > seen + 1)
    assert said(wordings) == "Matur nuwun HD26-000001-9"
    assert not task.done()
    task.cancel()


async def test_a_process_uses_its_wording(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:
        assert isinstance(hall.gateway.plan.policy.wording, Wordings)
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert {"texts", "files", "channel log"} <= names
