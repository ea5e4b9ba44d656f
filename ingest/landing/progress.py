"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere."""

import logging
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from ingest.common.words import printable

if TYPE_CHECKING:
    import rich.progress
    import rich.text

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts the work of one run; use it as a context manager around the run."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.done = 0
        self.total: int | None = None
        self.remark = ""  # shown behind the bar, failures for one
        self._bar: rich.progress.Progress | None = None
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self._bar = _bar()
            self._task = self._bar.add_task(self.title, total=None, remark="")
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def expect(self, more: int) -> None:
        """Say that `more` units of work, rows or bytes as the source counts, are to come."""
        self.total = (self.total or 0) + more
        if self._bar is not None:
            self._bar.update(self._task, total=self.total)

    def advance(self, amount: int) -> None:
        """Say that `amount` units of work are done."""
        self.done += amount
        if self._bar is not None:
            self._bar.update(self._task, completed=self.done, remark=printable(self.remark))
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            share = f" of {self.total:,}" if self.total else ""
            remark = f", {self.remark}" if self.remark else ""
            log.info("%s: %s%s%s", self.title, f"{self.done:,}", share, remark)


def _bar() -> "rich.progress.Progress":
    import rich.text
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    class Rate(TextColumn):
        """Units of work a second."""

        def render(self, task: "rich.progress.Task") -> "rich.text.Text":
            return super().render(task) if task.speed else rich.text.Text()

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate("{task.speed:,.0f}/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[remark]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
