"""What an office is like before it says otherwise: settings of the practices in requirements §7.

A preset holds sections and keys like a configuration; what the office sets itself goes before it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "presets" / "offices"
"""One TOML file each."""


def office_presets() -> list[str]:
    """Their names."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def below(tables: Mapping[str, Any]) -> dict[str, Any]:
    """These tables over those of the preset that ``[office] preset`` names.

    One that there is not is a fault of that key, told where sections are read.
    """
    office = tables.get("office")
    name = office.get("preset") if isinstance(office, Mapping) else None
    if name not in office_presets():
        return dict(tables)
    merged = dict(tables)
    preset = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    for section, values in preset.items():
        given = merged.get(section, {})
        if isinstance(given, Mapping):
            merged[section] = {**values, **given}
    return merged
