"""Writes ``docs/acts.md`` from the acts themselves: ``python -m gateway.acts_table > …``."""

from __future__ import annotations

import inspect
import sys
from typing import Final

from core.model.act_rules import NAMES, RULES
from core.model.ticket import ALLOWED, Status

INTRODUCTION: Final = """\
# The life of a ticket, and what staff do with it

<!-- Made by `python -m gateway.acts_table`; edit core/model/acts.py and act_rules.py there. -->

The number is there before anybody looks. What follows are acts: each is one transaction that
writes the ticket, its history, its promises and what is told because of it, or is refused with a
sentence that says what to do. Everything below is done at `POST /api/v1/tickets/{number}/acts/…`
or on the console's pages, by whoever has the right (docs/rights.md).

* A forbidden step names the ones that are allowed; a missing reason names its field; whoever has
  looked at an older version is told both versions and what happened since.
* The citizen is told by the place of the last message: assignment, visit, departure, pauses,
  escalation, solution, closing, rejection, reopening, merging. STOP ends these notices, never the
  answers of people. People of a merged ticket hear how the other one ends.
* Staff whom an act concerns are told by the channels of `[watch] staff_channels`.
* Texts that people write are kept with the ticket; its history holds their digest only.
* A solved ticket closes by itself `[work] close_after_days` after the notice of the solution was
  handed over. One whose citizen could not be told waits for somebody to close it.
"""


def table() -> str:
    """The whole page."""
    steps = ["## Statuses", "", "| status | Indonesian | next |", "|---|---|---|"]
    steps += [_status(status) for status in Status]
    acts = ["", "## Acts", "", "| act | what it is | fields | right |", "|---|---|---|---|"]
    acts += [_act(name) for name in NAMES]
    return "\n".join([INTRODUCTION, *steps, *acts, ""])


def _status(status: Status) -> str:
    following = ", ".join(f"`{one}`" for one in Status if one in ALLOWED[status]) or "-"
    return f"| `{status}` | {status.word} | {following} |"


def _act(name: str) -> str:
    kind = NAMES[name]
    what = (inspect.getdoc(kind) or "").split("\n")[0]
    fields = ", ".join(f"`{field}`" for field in kind.__dataclass_fields__) or "-"
    return f"| `{name}` | {what} | {fields} | `{RULES[kind].right}` |"


if __name__ == "__main__":
    sys.stdout.write(table())
