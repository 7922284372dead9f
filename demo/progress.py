"""Shows that a long step is alive."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

_SECONDS_BETWEEN_SIGNS = 5.0


class Step:
    """A step of the demonstration: a spinner at a terminal, a line every few seconds elsewhere.

    Args:
        console: Where to print.
        title: What the step does, starting with a verb.
    """

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._status = Status(title, console=console)
        self._lines = 0

    def __enter__(self) -> Self:
        """Start the clock."""
        self._started = self._last_sign = time.monotonic()
        if self._console.is_terminal:
            self._status.start()
        else:
            self._console.print(f"... {self._title}", markup=False, highlight=False)
        return self

    def line(self, text: str) -> None:
        """Take note of a line that the step's command has printed."""
        self._lines += 1
        if self._console.is_terminal:
            self._status.update(
                f"{self._title}: {text.strip()[: self._console.width - len(self._title) - 8]}"
            )
        elif time.monotonic() - self._last_sign > _SECONDS_BETWEEN_SIGNS:
            self._last_sign = time.monotonic()
            self._console.print(f"    {self._seconds():.0f} s, {self._lines} events", highlight=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Say how it ended and how long it took."""
        self._status.stop()
        sign = "[green]done[/green]" if error is None else "[red]failed[/red]"
        self._console.print(f"{sign} {self._title} in {self._seconds():.1f} s", highlight=False)

    def _seconds(self) -> float:
        return time.monotonic() - self._started
