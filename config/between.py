"""What channels say of each other: rules that no single table can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.section import ChannelSettings


def faults_between(
    made: Mapping[str, ChannelSettings], tables: Mapping[str, Any]
) -> Iterator[str]:
    """One sentence for each fault.

    Args:
        made: the channels without faults of their own.
        tables: all channels as given, so that the fault of one is not told of another again.
    """
    for name, channel in made.items():
        for key, kinds in channel.refers_to.items():
            other = getattr(channel, key)
            if other is not None and not _is_there(tables.get(other), kinds, same=other == name):
                wanted = f"a channel of kind {' or '.join(sorted(kinds))}"
                wanted = wanted if kinds else "another channel"
                yield f"channels.{name}.{key} is {other!r}; expected the id of {wanted}."
    counts = Counter(channel.kind for channel in made.values() if channel.only_one)
    for kind, count in counts.items():
        if count > 1:
            yield f"channels: {count} are of kind {kind!r}; expected one."


def _is_there(table: object, kinds: frozenset[str], *, same: bool) -> bool:
    if not isinstance(table, Mapping) or same:
        return False
    return not kinds or table.get("kind") in kinds
