"""A policy of promises written out whole, so that an office sees what it changes.

What :func:`core.model.sla_document.read_policy` reads; the text of a policy says all of it, also
what a document may leave out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.model.sla import Since
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.model.sla import EscalationStep, SlaOverride, SlaPolicy, SlaTargets


def write_policy(policy: SlaPolicy) -> str:
    """The policy as TOML; its ``first`` is left out, that is another document."""
    return "\n".join(_lines(policy)) + "\n"


def _lines(policy: SlaPolicy) -> Iterator[str]:
    yield f"warn_percent = {policy.warn_percent}"
    yield f'pending_warning = "{policy.pending_warning.written}"'
    yield f"answer_escalate = {_steps(policy.answer_steps)}"
    yield f"pending_escalate = {_steps(policy.pending_steps)}"
    yield from ("", "[pending]")
    for reason, limit in policy.pending.items():
        yield f'{reason} = "{limit.written}"'
    for priority in reversed(Priority):
        yield from ("", f"[promises.{priority}]")
        yield from _targets(policy.targets[priority])
    for override in policy.overrides:
        yield from _override(override)


def _targets(targets: SlaTargets) -> Iterator[str]:
    yield f'first_answer = "{targets.first_answer.written}"'
    yield f'next_answer = "{targets.next_answer.written}"'
    yield f'solution = "{targets.solution.written}"'
    yield f'partner_answer = "{targets.partner_answer.written}"'
    yield f"escalate = {_steps(targets.steps)}"


def _override(override: SlaOverride) -> Iterator[str]:
    yield from ("", "[[override]]")
    matter = override.matter
    named = {"category": matter.category, "unit": matter.unit, "channel": matter.channel}
    for name, held in named.items():
        if held:
            # A JSON string is a TOML basic string, but for DEL.
            written = json.dumps(held, ensure_ascii=False).replace("\x7f", "\\u007f")
            yield f"{name} = {written}"
    for priority, targets in override.targets.items():
        yield f"[override.{priority}]"
        yield from _targets(targets)


def _steps(steps: Iterable[EscalationStep]) -> str:
    return "[" + ", ".join(_step(one) for one in steps) + "]"


def _step(step: EscalationStep) -> str:
    told = [f'to = "{step.to_role}"']
    told += [f'after = "{step.after.written}"'] if step.after else []
    told += [f'since = "{step.since}"'] if step.since is not Since.BREACH else []
    return "{ " + ", ".join(told) + " }"
