"""The size guard: no file over 400 lines, no function over 50; prints the ratio of test code."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

MOST_LINES, MOST_IN_FUNCTION = 400, 50


def main() -> int:
    """Prints what is too long; returns the exit code."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    too_long: list[str] = []
    lines = {"code": 0, "tests": 0}
    for name in listed:
        path = Path(name)
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        count = text.count("\n")
        lines["tests" if name.startswith("tests/") else "code"] += count
        if count > MOST_LINES:
            too_long.append(f"{name}: {count} lines")
        too_long += [
            f"{name}:{start} {function}: {length} lines"
            for function, start, length in _functions(text)
            if length > MOST_IN_FUNCTION
        ]
    print("\n".join(too_long) or "No file over 400 lines, no function over 50.")
    print(
        f"Test code to code: {lines['tests'] / max(1, lines['code']):.2f}"
        f" ({lines['tests']} / {lines['code']} lines)"
    )
    return 1 if too_long else 0


def _functions(text: str) -> list[tuple[str, int, int]]:
    return [
        (node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


if __name__ == "__main__":
    sys.exit(main())
