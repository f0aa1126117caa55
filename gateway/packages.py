"""Refuses to start among packages that are not ours.

Our packages are top-level names of an application (design.md §2), so a foreign ``channels`` or
``config`` earlier on the path would be imported in place of ours. Only the standard library is
used here, and nothing of the packages is imported to find where they lie.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec

PACKAGES = ("core", "config", "ticket_store", "channels", "console", "gateway")
HOME = Path(__file__).resolve().parent.parent
"""The folder that all of them must lie in: the one this file's package lies in."""


def foreign_packages(
    home: Path = HOME, find: Callable[[str], ModuleSpec | None] = find_spec
) -> list[str]:
    """One sentence per package that does not come from ``home``; empty when all is well."""
    sentences = []
    for name in PACKAGES:
        spec = find(name)
        if spec is None:
            sentences.append(f"The package {name!r} is missing; expected it in {home}.")
        elif set(_folders(spec)) != {home / name}:
            places = ", ".join(str(folder) for folder in _folders(spec)) or "a single file"
            sentences.append(
                f"The package {name!r} would be taken from {places}, which is not ours; expected "
                f"{home / name}. Take the other one off the path, or install us apart from it."
            )
    return sentences


def _folders(spec: ModuleSpec) -> list[Path]:
    """Where a package would be read from; a namespace package may have several places."""
    return [Path(place).resolve() for place in spec.submodule_search_locations or ()]
