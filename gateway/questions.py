"""The five questions of the survey as this process asks them by message (LL-25).

``IntakePolicy.asking`` is one of these: read at start, and again when somebody words one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.survey_items import newest, questions
from gateway.refreshing import kept_fresh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ports.surveys import SurveyReads


EVERY = 15.0
"""Seconds after which other words are used here."""


class Questions:
    """Those in use; until the first reading they are as shipped."""

    def __init__(self) -> None:
        self._asked = questions(newest(()))

    def __call__(self, language: str) -> Sequence[str]:
        """In the order of the dimensions."""
        english = language == "en"
        return [one.english if english and one.english else one.words for one in self._asked]

    async def refresh(self, reads: SurveyReads) -> None:
        """Reads them anew. Raises StoreUnavailable: what was in use stays."""
        self._asked = questions(newest(await reads.items()))

    async def run(self, reads: SurveyReads, every: float = EVERY) -> None:
        """Keeps reading until cancelled."""
        await kept_fresh(lambda: self.refresh(reads), "questions", every)
