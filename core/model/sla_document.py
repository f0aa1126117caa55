"""A policy of promises as a document: what TOML or JSON gives, checked whole, key by key.

What a document leaves out stays as requirements §3 has it. An override begins with the promises
of its priority and changes those that it names. The form is shown in docs/promises.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeGuard

from core.model.clock import PauseReason
from core.model.deadline import Measure, SlaTarget
from core.model.faults import DocumentError, fault
from core.model.hints import CATEGORIES
from core.model.sla import (
    AGENCY_HEAD,
    DEFAULT_POLICY,
    LEADERSHIP,
    UNIT_SUPERVISOR,
    EscalationStep,
    Matter,
    Since,
    SlaOverride,
    SlaPolicy,
    SlaTargets,
)
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.faults import Fault

ONE_OF = "one of %(names)s"
OUTSIDE = "a length of at most a year; %(found)s is not between one unit and a year"
NO_LENGTH = "a number and one of %(names)s, like '5 working_days'"
_LENGTHS = ("first_answer", "next_answer", "solution", "partner_answer")
_ROLES = (UNIT_SUPERVISOR, LEADERSHIP, AGENCY_HEAD)
_PRIORITIES = tuple(priority.value for priority in Priority)
_TOP = (
    *("warn_percent", "pending_warning", "pending", "pending_escalate", "answer_escalate"),
    *("promises", "override"),
)
_MATTER = ("category", "unit", "channel")


def read_policy(document: Mapping[str, Any]) -> SlaPolicy:
    """The policy of a document.

    Args:
        document: as ``tomllib`` or ``json`` gives it.

    Raises:
        ValueError: all problems at once, one a line, each naming its key and what is expected.
    """
    reader = _Reader()
    policy = reader.policy(document)
    if reader.problems:
        raise DocumentError(*reader.problems)
    return policy


@dataclass(slots=True)
class _Reader:
    """Reads what it can and notes what it cannot."""

    problems: list[Fault] = field(default_factory=list)

    def policy(self, document: Mapping[str, Any]) -> SlaPolicy:
        self._known("", document, _TOP)
        base = DEFAULT_POLICY
        targets = self._targets("promises", document.get("promises", {}), base.targets)
        whole = MappingProxyType({**base.targets, **targets})
        return replace(
            base,
            targets=whole,
            overrides=self._overrides(document.get("override", []), whole),
            pending=self._pending(document.get("pending"), base.pending),
            pending_warning=self._length(
                "pending_warning", document.get("pending_warning"), base.pending_warning
            ),
            pending_steps=self._steps(
                "pending_escalate", document.get("pending_escalate"), base.pending_steps
            ),
            answer_steps=self._steps(
                "answer_escalate", document.get("answer_escalate"), base.answer_steps
            ),
            warn_percent=self._percent(document.get("warn_percent", base.warn_percent)),
        )

    def _overrides(
        self, given: object, base: Mapping[Priority, SlaTargets]
    ) -> tuple[SlaOverride, ...]:
        if not isinstance(given, list):
            self._wrong("override", "a list of tables, [[override]]")
            return ()
        found: list[SlaOverride] = []
        for place, one in enumerate(given, start=1):
            key = f"override {place}"
            if not self._is_table(one, key):
                continue
            matter = self._matter(key, one)
            promises = {name: value for name, value in one.items() if name not in _MATTER}
            found.append(SlaOverride(self._targets(key, promises, base), matter))
            if any(before.matter == matter for before in found[:-1]):
                self._wrong(key, "each category, unit and channel together only once")
        return tuple(found)

    def _matter(self, key: str, table: Mapping[str, Any]) -> Matter:
        named = {name: table.get(name, "") for name in _MATTER}
        for name, value in named.items():
            if not isinstance(value, str):
                self._wrong(f"{key}.{name}", "a text")
                named[name] = ""
        if not any(named.values()):
            self._wrong(key, "at least one of category, unit, channel")
        if named["category"] and named["category"] not in CATEGORIES:
            self._wrong(f"{key}.category", ONE_OF, names=", ".join(sorted(CATEGORIES)))
        return Matter(**named)

    def _targets(
        self, key: str, given: object, base: Mapping[Priority, SlaTargets]
    ) -> dict[Priority, SlaTargets]:
        found: dict[Priority, SlaTargets] = {}
        if not self._is_table(given, key):
            return found
        self._known(key, given, _PRIORITIES)
        for priority in Priority:
            table = given.get(priority.value)
            if table is not None:
                found[priority] = self._cells(f"{key}.{priority}", table, base[priority])
        return found

    def _cells(self, key: str, table: object, base: SlaTargets) -> SlaTargets:
        if not isinstance(table, dict):
            self._wrong(key, "a table")
            return base
        self._known(key, table, (*_LENGTHS, "escalate"))
        lengths = {
            name: self._length(f"{key}.{name}", table.get(name), getattr(base, name))
            for name in _LENGTHS
        }
        steps = self._steps(f"{key}.escalate", table.get("escalate"), base.steps)
        return SlaTargets(**lengths, steps=steps)

    def _pending(self, given: object, base: Mapping[str, SlaTarget]) -> Mapping[str, SlaTarget]:
        if given is None or not self._is_table(given, "pending"):
            return base
        self._known("pending", given, tuple(reason.value for reason in PauseReason))
        default = SlaTarget(7, Measure.CALENDAR_DAYS)
        limits: dict[str, SlaTarget] = {
            reason.value: self._length(f"pending.{reason}", given[reason.value], default)
            for reason in PauseReason
            if reason.value in given
        }
        return MappingProxyType(limits)

    def _steps(
        self, key: str, given: object, base: tuple[EscalationStep, ...]
    ) -> tuple[EscalationStep, ...]:
        if given is None:
            return base
        if not isinstance(given, list):
            self._wrong(key, "a list like [{ to = 'leadership', after = '1 working_days' }]")
            return base
        return tuple(self._step(f"{key} {n}", one) for n, one in enumerate(given, start=1))

    def _step(self, key: str, given: object) -> EscalationStep:
        table = given if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            self._wrong(key, "a table")
        self._known(key, table, ("to", "after", "since"))
        role, since = table.get("to"), table.get("since", Since.BREACH.value)
        if role not in _ROLES:
            self._wrong(f"{key}.to", ONE_OF, names=", ".join(_ROLES))
            role = LEADERSHIP
        if since not in tuple(Since):
            self._wrong(f"{key}.since", ONE_OF, names=", ".join(Since))
            since = Since.BREACH
        after = table.get("after")
        length = None if after is None else self._length(f"{key}.after", after, _ANY)
        return EscalationStep(role, length, Since(since))

    def _length(self, key: str, given: object, base: SlaTarget) -> SlaTarget:
        if given is None:
            return base
        try:
            found = SlaTarget.read(given) if isinstance(given, str) else None
        except ValueError:
            self._wrong(key, OUTSIDE, found=given)
            return base
        if found is None:
            self._wrong(key, NO_LENGTH, names=", ".join(Measure))
        return found or base

    def _percent(self, given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 100:  # noqa: PLR2004 - percent
            return given
        self._wrong("warn_percent", "a whole number from 0 (no warnings) to 99")
        return 0

    def _is_table(self, given: object, key: str) -> TypeGuard[dict[str, Any]]:
        if not isinstance(given, dict):
            self._wrong(key, "a table")
        return isinstance(given, dict)

    def _known(self, key: str, table: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in table:
            if name not in names:
                shown = name if name.isidentifier() else ascii(name[:40])
                self._wrong(f"{key}.{shown}" if key else shown, ONE_OF, names=", ".join(names))

    def _wrong(self, key: str, expected: str, **given: object) -> None:
        self.problems.append(fault(f"%(key)s: expected {expected}", key=key, **given))


_ANY = SlaTarget(1, Measure.WORKING_DAYS)
