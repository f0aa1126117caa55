"""What the officers' door must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from core.model.messages import ChannelId


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        tokens: secret by the name of its holder.
        zone: the office's; times in answers are in it.
        max_items: entries in one request.
    """

    id: ChannelId
    tokens: Mapping[str, str] = field(repr=False)
    zone: ZoneInfo
    max_items: int = 500

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secret does not open (threats.md row 12)."""
        blank = not all(name.strip() and token.strip() for name, token in self.tokens.items())
        if not self.tokens or blank:
            message = "tokens: at least one name with a token"
            raise ValueError(message)
        if self.max_items < 1:
            message = "max_items is 1 or more"
            raise ValueError(message)
