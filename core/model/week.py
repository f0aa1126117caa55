"""The week of an office: windows per weekday, between which dates (requirements §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from core.model.faults import DocumentError, fault

DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""Indonesian weekdays, Monday first, as ``date.weekday()`` counts."""

DAY_MINUTES = 24 * 60

Window = tuple[int, int]
"""Opening and closing minute after local midnight, 0 to 1440, half-open."""


@dataclass(frozen=True, slots=True)
class Week:
    """The windows of seven days and the dates between which they hold.

    Attributes:
        windows: seven entries, Monday first; each sorted, without overlap, empty when closed.
        valid_from: first local day, None for always.
        valid_until: last local day (included), None for no end.

    Raises:
        ValueError: windows that overlap, are empty or leave the day; an end before the start.
    """

    windows: tuple[tuple[Window, ...], ...]
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if len(self.windows) != len(DAY_NAMES):
            raise DocumentError(fault("a week needs the windows of seven days"))
        for day, windows in zip(DAY_NAMES, self.windows, strict=True):
            _check_windows(day, windows)
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            words = "a week that ends (%(last)s) before it begins (%(first)s)"
            raise DocumentError(fault(words, first=self.valid_from, last=self.valid_until))

    @property
    def bounded(self) -> bool:
        """Whether it ends by itself, as Ramadan hours do."""
        return self.valid_until is not None

    def covers(self, day: date) -> bool:
        """Whether that local day lies within the validity dates."""
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


def week_on(weeks: tuple[Week, ...], day: date) -> Week:
    """The week in force on that local day.

    One with an end date (Ramadan) wins over one without, then the one that began last.
    """
    covering = (week for week in weeks if week.covers(day))
    return max(covering, key=lambda week: (week.bounded, week.valid_from or date.min))


def hours_words(week: Week) -> str:
    """``Senin-Kamis 08.00-12.00 dan 13.00-17.00, Jumat …``; closed days are left out."""
    parts: list[str] = []
    days = zip(DAY_NAMES, week.windows, strict=True)
    for windows, alike in groupby(days, key=lambda entry: entry[1]):
        names = [name for name, _ in alike]
        if windows:
            span = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
            parts.append(f"{span} {windows_words(windows)}")
    return ", ".join(parts)


def windows_words(windows: tuple[Window, ...]) -> str:
    """``08.00-12.00 dan 13.00-17.00``; "" for a closed day."""
    return " dan ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in windows)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}.{minutes % 60:02d}"


def _check_windows(day: str, windows: tuple[Window, ...]) -> None:
    for opens, closes in windows:
        if not 0 <= opens < closes <= DAY_MINUTES:
            words = "%(day)s: %(hours)s must open before it closes, by 24.00"
            hours = f"{_clock(opens)}-{_clock(closes)}"
            raise DocumentError(fault(words, day=day, hours=hours))
    for (opens, closes), (following, closing) in pairwise(windows):
        if following < closes:
            words = "%(day)s: %(hours)s and %(others)s overlap or are not in order"
            hours = f"{_clock(opens)}-{_clock(closes)}"
            others = f"{_clock(following)}-{_clock(closing)}"
            raise DocumentError(fault(words, day=day, hours=hours, others=others))


def check_weeks(weeks: tuple[Week, ...]) -> None:
    """Raises ValueError unless every day is covered and it is clear by which week."""
    always = [week for week in weeks if week.valid_from is None and week.valid_until is None]
    if len(always) != 1:
        words = "needs exactly one week without dates beneath the dated ones, has %(count)s"
        raise DocumentError(fault(words, count=len(always)))
    bounded = sorted((w for w in weeks if w.bounded), key=lambda w: w.valid_from or date.min)
    for one, other in pairwise(bounded):
        if (other.valid_from or date.min) <= (one.valid_until or date.max):
            words = "two weeks with an end date both cover %(day)s"
            raise DocumentError(fault(words, day=other.valid_from))
    starts = [week.valid_from for week in weeks if week.valid_from and not week.bounded]
    if len(starts) != len(set(starts)):
        raise DocumentError(fault("two weeks without an end begin on the same day"))
