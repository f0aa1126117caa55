"""The office's texts as this process uses them: read at start, and again when somebody words one.

``IntakePolicy.wording`` is one of these: the policy is made once, what it asks may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.logs import get_logger
from core.model.text_library import TextLibrary
from gateway.refreshing import kept_fresh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.texts import TextSet
    from core.ports.texts import TextReads

log = get_logger("wordings")

EVERY = 15.0
"""Seconds after which what another process worded is used here."""


class Wordings:
    """The library in use; until the first reading it is that of the settings."""

    def __init__(self, overrides: Mapping[str, str], signature: str = "") -> None:
        self._overrides, self._signature = overrides, signature
        self.library = TextLibrary.of(overrides, signature, ())

    def __call__(self, unit_id: int | None, language: str) -> TextSet:
        """The texts of the unit that has a ticket, in the language of its reporter."""
        return self.library(unit_id, language)

    async def refresh(self, reads: TextReads) -> None:
        """Reads all stored texts anew. Raises StoreUnavailable: what was in use stays."""
        stored = await reads.all()
        library = TextLibrary.of(self._overrides, self._signature, stored)
        if library.faults != self.library.faults:
            for fault in library.faults:
                log.warning("a stored text is not used", fault=fault)
        self.library = library

    async def run(self, reads: TextReads, every: float = EVERY) -> None:
        """Keeps reading until cancelled."""
        await kept_fresh(lambda: self.refresh(reads), "texts", every)
