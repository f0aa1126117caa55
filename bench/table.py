"""The figures of one run, as rows and as a Markdown table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """Rows: what, engine, figure, beside what, ratio, goal."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, what: str, engine: str, figure: str, **more: str) -> None:
        """One row; ``beside``, ``ratio``, ``must``, ``aim`` may be left out."""
        row = {"what": what, "engine": engine, "figure": figure, **more}
        self.rows.append(row)
        told = "  ".join(f"{key} {value}" for key, value in row.items() if key != "what")
        print(f"{what}: {told}", flush=True)

    def text(self) -> str:
        """Markdown."""
        columns = ("what", "engine", "figure", "beside", "ratio", "must", "aim")
        lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += [
            "| " + " | ".join(row.get(column, "") for column in columns) + " |"
            for row in self.rows
        ]
        return "\n".join(lines) + "\n"
