"""The office's texts by unit and language, over its settings and the defaults (requirements §5).

A text is looked for in the wording of the unit, then of the office, then in the settings, then
among the defaults; in another language first, where somebody has written it in that language.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.text_template import check_text
from core.model.texts import TextSet
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

OFFICE: Final = 0
"""In place of a unit's id: the whole office."""

HOME: Final = "id"
"""The language that every text exists in."""

LANGUAGES: Final = (HOME, "en")
"""What texts may be written in."""


@value
class StoredText:
    """One text as staff have worded it.

    Attributes:
        unit_id: ``OFFICE`` for the whole office.
        key: as in the settings, with ``_sms`` for the SMS.
        version: grows with every change; a stale writer is refused.
        changed_by: mark of who did it.
    """

    unit_id: int
    language: str
    key: str
    text: str
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class TextLibrary:
    """All texts of an office, ready to be filled.

    Attributes:
        settings: the texts of the configuration file.
        sets: by unit and language, only where something is worded differently.
        faults: stored texts that are not used, each with what is wrong: since they were written
            a placeholder has gone.
    """

    settings: TextSet
    sets: Mapping[tuple[int, str], TextSet]
    faults: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, overrides: Mapping[str, str], signature: str, stored: Iterable[StoredText]
    ) -> TextLibrary:
        """The library of these settings and stored texts.

        Raises:
            ValueError: an override of the settings is wrong; a stored text never raises.
        """
        by_place: dict[tuple[int, str], dict[str, str]] = {}
        faults = []
        for one in stored:
            wrong = check_text(one.key, one.text)
            if wrong:
                where = f"unit {one.unit_id}, {one.language}, {one.key}"
                faults += [f"{where}: {fault}" for fault in wrong]
            else:
                by_place.setdefault((one.unit_id, one.language), {})[one.key] = one.text
        units = {unit_id for unit_id, _ in by_place} | {OFFICE}
        languages = {language for _, language in by_place} | {HOME}
        sets = {
            (unit_id, language): TextSet.of(_layers(overrides, by_place, unit_id, language))
            for unit_id in units
            for language in languages
        }
        signed = {place: TextSet(one.short, one.long, signature) for place, one in sets.items()}
        return cls(TextSet.of(overrides, signature), MappingProxyType(signed), tuple(faults))

    def __call__(self, unit_id: int | None, language: str) -> TextSet:
        """The texts of the unit that has a ticket, in the language of its reporter."""
        for place in (
            (unit_id or OFFICE, language),
            (OFFICE, language),
            (unit_id or OFFICE, HOME),
            (OFFICE, HOME),
        ):
            found = self.sets.get(place)
            if found is not None:
                return found
        return self.settings


def _layers(
    overrides: Mapping[str, str],
    by_place: Mapping[tuple[int, str], Mapping[str, str]],
    unit_id: int,
    language: str,
) -> dict[str, str]:
    """The nearest wording of each text: what comes later covers what came before."""
    texts = dict(overrides)
    for place in ((OFFICE, HOME), (unit_id, HOME), (OFFICE, language), (unit_id, language)):
        texts |= by_place.get(place, {})
    return texts
