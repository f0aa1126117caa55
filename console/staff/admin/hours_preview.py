"""What other hours would change, in words: receipts on both calendars, promises that move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.staff.shown import PROMISES
from console.wording import due_moment, moment
from core.model.week import DAY_NAMES

if TYPE_CHECKING:
    from console.staff.visit import Visit
    from core.model.calendar_preview import CalendarPreview
    from core.model.policy_preview import Comparison, WorkedReceipt


def previewed(visit: Visit, preview: CalendarPreview) -> dict[str, Any]:
    """For the template."""
    zone, day = visit.reception.zone, preview.first_day
    return {
        "columns": [visit.words(PROMISES[one.target]) for one in preview.receipts[0].promises],
        "receipts": [_receipt(visit, one) for one in preview.receipts],
        "first_day": f"{DAY_NAMES[day.weekday()]} {day:%d-%m-%Y}" if day else "",
        "looked_at": preview.looked_at,
        "all_of_them": preview.all_of_them,
        "moved": preview.moved,
        "examples": [
            {
                "words": visit.words(PROMISES[one.target]),
                "before": due_moment(one.before, zone, visit.words),
                "after": due_moment(one.after, zone, visit.words),
            }
            for one in preview.examples
        ],
    }


def _receipt(visit: Visit, receipt: WorkedReceipt) -> dict[str, Any]:
    return {
        "received": moment(receipt.received, visit.reception.zone, visit.words),
        "promises": [_promise(visit, one) for one in receipt.promises],
    }


def _promise(visit: Visit, one: Comparison) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "before": due_moment(one.before, zone, visit.words),
        "after": due_moment(one.after, zone, visit.words),
        "same": one.before == one.after,
        "later": one.after > one.before,
    }
