"""How the figures of surveys are judged (requirements §6, LL-36)."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from config import checks
from config.section import Section
from core.model.servqual import Thresholds

_Gap = Annotated[float, Field(ge=-1, le=1)]


class SurveySettings(Section):
    """What a gap between perception and expectation says, as a share of the highest score."""

    repair_below: _Gap = 0.0
    """A dimension whose gap index is smaller is belum baik and needs repair."""

    good_from: _Gap = 0.6
    """From this gap index on a dimension is baik and is kept as it is; what lies between the two
    is cukup baik."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        checks.require(self.repair_below <= self.good_from, "repair_below: not above good_from")
        return self

    def thresholds(self) -> Thresholds:
        """The boundaries, exactly as they are written: 0.6 is three fifths."""
        return Thresholds(Fraction(str(self.repair_below)), Fraction(str(self.good_from)))
