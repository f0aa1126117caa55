"""What the serving process sets for itself, seen in a process of its own."""

from __future__ import annotations

import subprocess
import sys

TOLD = """
import gc, sys
from gateway.process import COLLECT_AFTER, SWITCH_AFTER, after_start, before_start
before_start()
kept = [[] for _ in range(1000)]
after_start()
assert abs(sys.getswitchinterval() - SWITCH_AFTER) < 1e-6, sys.getswitchinterval()
assert gc.get_threshold()[0] == COLLECT_AFTER
assert gc.get_freeze_count() > 1000
print("fit")
"""

LEAN = """
import sys
import gateway.wiring, gateway.server
print(*sorted(name for name in sys.modules if name.split(".")[:2] == ["sqlalchemy", "orm"]))
print(*sorted(name for name in ("alembic", "jinja2", "requests_toolbelt") if name in sys.modules))
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_store_thread_gets_its_turn_and_startup_is_not_collected_again() -> None:
    assert said(TOLD) == "fit"


def test_a_serving_process_loads_neither_orm_nor_migrations_nor_templates() -> None:
    assert said(LEAN) == ""
