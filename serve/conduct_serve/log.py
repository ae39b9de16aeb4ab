"""Progress on a terminal, structured lines otherwise. Never a word of a narrative in either."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
)


class Report(Protocol):
    def __call__(self, rows: int) -> None: ...


class Log:
    """Says what a run does: `event` with numbers, never with text of a record."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self._console = Console(stderr=True)

    def event(self, name: str, **numbers: str | int | float) -> None:
        if self.terminal:
            said = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in numbers.items())
            self._console.print(f"{name}{': ' if said else ''}{said}", highlight=False, soft_wrap=True)
        else:
            structlog.get_logger().info(name, **numbers)

    @contextmanager
    def progress(self, what: str) -> Iterator[Report]:
        """A bar that counts rows on a terminal; in a log one line for every 10,000 rows."""
        if not self.terminal:
            yield self._every(10_000, what)
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda rows: bar.update(task, completed=rows)

    def _every(self, step: int, what: str) -> Report:
        said = 0

        def report(rows: int) -> None:
            nonlocal said
            if rows - said >= step:
                said = rows
                self.event("progress", what=what, rows=rows)

        return report
