"""``@value`` is a frozen dataclass in all that a caller can see."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.value import value


@value
class Point:
    """A point."""

    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list, hash=False)

    @property
    def sum(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, slots=True)
class Plain:
    x: int
    y: int = 0


@value
class Checked:
    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError(self.x)


@given(st.integers(), st.integers())
def test_it_equals_hashes_and_prints_as_a_dataclass(x: int, y: int) -> None:
    point = Point(x, y)
    assert point == Point(x=x, y=y)
    assert (point == Point(x, y + 1)) is False
    assert hash(point) == hash(Point(x, y))
    assert repr(point) == f"Point(x={x}, y={y}, tags=[])"
    assert replace(point, y=7) == Point(x, 7)
    assert point.sum == x + y
    assert type(point) is Point
    assert is_dataclass(point)


@pytest.mark.parametrize("name", ["x", "y", "tags", "unknown"])
def test_nothing_can_be_set_or_deleted(name: str) -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError, match=name):
        setattr(point, name, 2)
    with pytest.raises(FrozenInstanceError, match=name):
        delattr(point, name)
    assert point == Point(1)


def test_it_has_slots_defaults_and_a_fresh_list_each_time() -> None:
    assert not hasattr(Point(1), "__dict__")
    assert [one.name for one in fields(Point(1))] == ["x", "y", "tags"]
    first, second = Point(1), Point(1)
    first.tags.append("a")
    assert second.tags == []
    assert Point.__doc__ == "A point."
    assert Point.__module__ == __name__


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1, 2, [], 4), {}), ((1,), {"z": 1}), ((1,), {"x": 1})]
)
def test_wrong_arguments_are_refused(given: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(*given, **named)


def test_post_init_may_refuse() -> None:
    assert Checked(1).x == 1
    with pytest.raises(ValueError, match="-1"):
        Checked(-1)


def test_it_is_not_equal_to_another_class() -> None:
    assert Point(1) != Plain(1)
