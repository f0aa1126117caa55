"""Units and regions from a preset or an office's own TOML file (format in docs/units.md).

``[[regions]]`` and ``[[units]]``, each with a ``code`` that never changes and a ``name``; what is
above or around one is named by its code and may stand anywhere in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.calendar_files import NEITHER, UNKNOWN, CalendarFileError, TomlFile, read_toml
from core.model.faults import fault
from core.model.units import RegionDraft, UnitDraft, code_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

UNIT_PRESETS = Path(__file__).parent / "presets" / "units"
"""Where the units that come with the program lie."""

_REGION_KEYS = frozenset({"code", "name", "level", "parent"})
_UNIT_TEXTS = frozenset(
    {"code", "name", "level", "parent", "region", "calendar", "channel", "address_kind", "address"}
)
_UNIT_KEYS = _UNIT_TEXTS | {"partner", "categories"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a file.

    Attributes:
        parent, region: codes, "" for none.
        draft: the rest; its ids are empty.
    """

    code: str
    parent: str
    region: str
    draft: UnitDraft


@dataclass(frozen=True, slots=True)
class ListedRegion:
    """One region of a file; ``parent`` is a code, "" for none."""

    code: str
    parent: str
    draft: RegionDraft


@dataclass(frozen=True, slots=True)
class UnitFile:
    """Everything in a file, whatever is above before what is below."""

    regions: tuple[ListedRegion, ...]
    units: tuple[Listed, ...]


def unit_preset_names() -> tuple[str, ...]:
    """The lists of units that come with the program."""
    return tuple(sorted(path.stem for path in UNIT_PRESETS.glob("*.toml")))


def read_unit_file(choice: str) -> UnitFile:
    """The file of that preset name, or of that path.

    Raises:
        CalendarFileError: one sentence that names file, line and key.
    """
    preset = UNIT_PRESETS / f"{choice}.toml"
    if choice in unit_preset_names():
        file = read_toml(preset)
    elif Path(choice).is_file():
        file = read_toml(Path(choice))
    else:
        wrong = fault(NEITHER, found=choice, names=", ".join(unit_preset_names()))
        raise CalendarFileError(wrong)
    file.only_keys(frozenset({"regions", "units"}))
    regions = {
        one.code: one for one in (_region(file, *entry) for entry in _entries(file, "regions"))
    }
    units = {one.code: one for one in (_unit(file, *entry) for entry in _entries(file, "units"))}
    return UnitFile(
        tuple(
            regions[code] for code in _downwards(file, {c: r.parent for c, r in regions.items()})
        ),
        tuple(units[code] for code in _downwards(file, {c: u.parent for c, u in units.items()})),
    )


def _entries(file: TomlFile, key: str) -> list[tuple[dict[str, object], int]]:
    """The tables with where each begins; each with a good code of its own."""
    tables = file.tables(key)
    starts = file.starts(rf"\[\[{key}\]\]", len(tables))
    seen: set[object] = set()
    for table, start in zip(tables, starts, strict=True):
        code = table.get("code")
        if not isinstance(code, str) or code_fault(code):
            file.refuse(
                "code",
                "%(key)s must be a word such as bidang-ti, not %(found)r",
                start,
                found=code,
            )
        if code in seen:
            file.refuse("code", "%(key)s %(found)s is there twice", start, found=code)
        seen.add(code)
    return list(zip(tables, starts, strict=True))


def _region(file: TomlFile, table: dict[str, object], start: int) -> ListedRegion:
    texts = _texts(file, table, start, _REGION_KEYS)
    draft = RegionDraft(texts["name"], texts.get("level", ""))
    return ListedRegion(texts["code"], texts.get("parent", ""), draft)


def _unit(file: TomlFile, table: dict[str, object], start: int) -> Listed:
    plain = {key: held for key, held in table.items() if key not in ("partner", "categories")}
    for key in table:
        if key not in _UNIT_KEYS:
            file.refuse(key, UNKNOWN, start, names=", ".join(sorted(_UNIT_KEYS)))
    texts = _texts(file, plain, start, _UNIT_TEXTS)
    partner, categories = table.get("partner", False), table.get("categories", [])
    if not isinstance(partner, bool):
        file.refuse("partner", "%(key)s must be true or false", start)
    if not isinstance(categories, list) or not all(isinstance(one, str) for one in categories):
        file.refuse("categories", '%(key)s must be a list like ["network"]', start)
    draft = UnitDraft(
        texts["name"],
        texts.get("level", ""),
        partner=partner,
        calendar=texts.get("calendar", ""),
        categories=frozenset(categories),
        channel=texts.get("channel", ""),
        address_kind=texts.get("address_kind", ""),
        address=texts.get("address", ""),
    )
    return Listed(texts["code"], texts.get("parent", ""), texts.get("region", ""), draft)


def _texts(
    file: TomlFile, table: Mapping[str, object], start: int, known: frozenset[str]
) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, held in table.items():
        if key not in known:
            file.refuse(key, UNKNOWN, start, names=", ".join(sorted(known)))
        if not isinstance(held, str) or not held.strip():
            file.refuse(key, "%(key)s must be a text that is not empty", start)
        texts[key] = held
    if "name" not in texts:
        file.refuse_at(start, fault("%(found)s has no name", found=texts["code"]))
    return texts


def _downwards(file: TomlFile, parents: Mapping[str, str]) -> list[str]:
    """Codes in an order in which each stands behind its parent; a circle is refused.

    A parent that is not in the file is one that the store must know.
    """
    found: list[str] = []
    waiting = dict(parents)
    while waiting:
        ready = [code for code, parent in waiting.items() if parent not in waiting]
        if not ready:
            circle = next(iter(waiting))
            file.refuse_at(
                file.text.find(f'"{circle}"'), fault("%(found)s stands below itself", found=circle)
            )
        found += ready
        for code in ready:
            del waiting[code]
    return found
