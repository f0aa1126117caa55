"""Stories of one office follow the calendar: they run in the order in which they are written.

Elsewhere tests are shuffled. Here the office's clock would have to go back for it, and what was
promised on a later day would wait for that day.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [place for place, item in enumerate(items) if item.path.parent == HERE]
    modules: dict[Path, int] = {}
    for place in ours:
        modules.setdefault(items[place].path, len(modules))
    told = sorted((items[place] for place in ours), key=lambda item: _written(item, modules))
    for place, item in zip(ours, told, strict=True):
        items[place] = item


def _written(item: pytest.Item, modules: dict[Path, int]) -> tuple[int, ...]:
    """Module as shuffled, line of the function, row of its parameters."""
    assert isinstance(item, pytest.Function)
    rows = item.callspec.indices.values() if hasattr(item, "callspec") else ()
    return (modules[item.path], item.function.__code__.co_firstlineno, *rows)
