"""What 1 to 5 mean, in words and in the short labels of reports (requirements §6, LL-30, LL-31).

The publication prints STB for the lowest expectation as well; it means STT, and so it stands here.
"""

from __future__ import annotations

from typing import Final

from core.model.sentences import said
from core.model.value import value


@value
class Grade:
    """One step of a scale.

    Attributes:
        score: 1 to 5.
        label: as in tables: ``STT``.
        words: Indonesian.
    """

    score: int
    label: str
    words: str


PERCEPTION_SCALE: Final = (
    Grade(1, "STB", said("Sangat tidak baik")),
    Grade(2, "TB", said("Tidak baik")),
    Grade(3, "CB", said("Cukup baik")),
    Grade(4, "B", said("Baik")),
    Grade(5, "SB", said("Sangat baik")),
)
"""How it was."""

EXPECTATION_SCALE: Final = (
    Grade(1, "STT", said("Sangat tidak tepat")),
    Grade(2, "TT", said("Tidak tepat")),
    Grade(3, "CT", said("Cukup tepat")),
    Grade(4, "T", said("Tepat")),
    Grade(5, "ST", said("Sangat tepat")),
)
"""How it should be."""
