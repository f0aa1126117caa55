"""A policy of promises written out whole, so that an office sees what it changes.

What :func:`core.model.sla_document.read_policy` reads; the text of a policy says all of it, also
what a document may leave out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.model.policy_differences import LENGTHS
from core.model.sla import Since
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.model.sla import EscalationStep, SlaOverride, SlaPolicy, SlaTargets


def write_policy(policy: SlaPolicy) -> str:
    """The policy as TOML; its ``first`` is left out, that is another document."""
    rules = [_rule(override) for override in policy.overrides]
    return write_document(document_of(policy) | {"override": rules})


def document_of(policy: SlaPolicy) -> dict[str, Any]:
    """The policy as a document, all but its rules for some tickets, which name only what differs.

    Its ``first`` is left out, that is another document.
    """
    return {
        "warn_percent": policy.warn_percent,
        "pending_warning": policy.pending_warning.written,
        "answer_escalate": steps_of(policy.answer_steps),
        "pending_escalate": steps_of(policy.pending_steps),
        "pending": {reason: limit.written for reason, limit in policy.pending.items()},
        "promises": {
            priority.value: _promises(policy.targets[priority]) for priority in reversed(Priority)
        },
    }


def _rule(override: SlaOverride) -> dict[str, Any]:
    matter = override.matter
    named = {"category": matter.category, "unit": matter.unit, "channel": matter.channel}
    return {key: held for key, held in named.items() if held} | {
        priority.value: _promises(targets) for priority, targets in override.targets.items()
    }


def _promises(targets: SlaTargets) -> dict[str, Any]:
    lengths = {name: getattr(targets, name).written for name in LENGTHS}
    return {**lengths, "escalate": steps_of(targets.steps)}


def steps_of(steps: Iterable[EscalationStep]) -> list[dict[str, str]]:
    """Steps of escalation as documents have them."""
    return [
        {"to": one.to_role}
        | ({"after": one.after.written} if one.after else {})
        | ({"since": one.since.value} if one.since is not Since.BREACH else {})
        for one in steps
    ]


def write_document(document: Mapping[str, Any]) -> str:
    """A document as TOML; one that :func:`core.model.sla_document.read_policy` has read."""
    tables = ("pending", "promises", "override")
    lines = [f"{key} = {_value(held)}" for key, held in document.items() if key not in tables]
    lines += ["", "[pending]", *_pairs(document.get("pending", {}))]
    for priority, promises in document.get("promises", {}).items():
        lines += ["", f"[promises.{priority}]", *_pairs(promises)]
    for override in document.get("override", []):
        named = {key: held for key, held in override.items() if not isinstance(held, dict)}
        lines += ["", "[[override]]", *_pairs(named)]
        for priority in (key for key in override if key not in named):
            lines += [f"[override.{priority}]", *_pairs(override[priority])]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(held)}" for key, held in table.items()]


def _value(held: object) -> str:
    if isinstance(held, list):
        return "[" + ", ".join(_value(one) for one in held) + "]"
    if isinstance(held, dict):
        return "{ " + ", ".join(_pairs(held)) + " }"
    return str(held) if isinstance(held, int) else _text(str(held))


def _text(held: str) -> str:
    # A JSON string is a TOML basic string, but for DEL.
    return json.dumps(held, ensure_ascii=False).replace("\x7f", "\\u007f")
