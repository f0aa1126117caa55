"""Writes ``docs/rights.md`` from the table itself: ``python -m gateway.rights_table > …``."""

from __future__ import annotations

import sys
from typing import Final

from core.model.rights import COLUMNS, DELEGABLE, MATRIX
from core.model.staff import SECOND_FACTOR_ROLES, Reach, Right

INTRODUCTION: Final = """\
# Rights

<!-- Made by `python -m gateway.rights_table`; edit the table in core/model/rights.py. -->

Who may do what, with which tickets. A person with several roles has what any of them gives.

* **all**: every ticket. **own**: those assigned to the person. **unit**: those of the person's
  unit and of all units below it, and those in the person's regions. **-**: not at all.
* Nobody sees a complaint about themselves, whatever their role. A sensitive ticket also asks for
  the right `sensitive`; reports and lists of what is broken count such tickets, without texts.
* Whoever may `enter` reports goes on seeing those that they entered.
* A ticket out of reach is not there: the answer is 404, as for one that does not exist.
"""
_WORDS: Final = {
    frozenset[Reach](): "-",
    frozenset({Reach.OWN}): "own",
    frozenset({Reach.UNIT, Reach.REGION}): "unit",
    frozenset({Reach.ALL}): "all",
}


def table() -> str:
    """The whole page."""
    head = "| right | " + " | ".join(role.value for role in COLUMNS) + " |"
    rule = "|---" * (len(COLUMNS) + 1) + "|"
    rows = [_row(right) for right in Right]
    delegable = ", ".join(f"`{right}`" for right in DELEGABLE)
    factor = ", ".join(f"`{role}`" for role in sorted(SECOND_FACTOR_ROLES))
    more = f"""
An office gives more in its configuration, never less: `[staff] grants = ["operator:close:all"]`.
Whoever has `delegate` may hand {delegable} over all units to customer care, and take it back.

{factor} must enrol a second factor before anything else; others may.
"""
    return "\n".join([INTRODUCTION, head, rule, *rows, more])


def _row(right: Right) -> str:
    cells = (_WORDS[MATRIX[role][right]] for role in COLUMNS)
    return f"| `{right}` | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(table())
