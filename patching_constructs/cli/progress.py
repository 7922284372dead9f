"""A progress bar for people who wait. Pipelines and files never see one."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from patching_constructs.model.track import Track, untracked

T = TypeVar("T")

WORTH_A_BAR = 50
"""Fewer items are done before a progress bar can be read."""


@contextlib.contextmanager
def progress() -> Iterator[Track]:
    """Show on stderr how far work is, as long as it lasts and if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield untracked
        return
    with contextlib.ExitStack() as bars:

        def track(items: Sequence[T], what: str, /) -> Iterable[T]:
            return _with_bar(items, what, bars) if len(items) >= WORTH_A_BAR else items

        yield track


def _with_bar(items: Sequence[T], what: str, bars: contextlib.ExitStack) -> Iterator[T]:
    # Imported here, because most commands finish before a bar is worth the import.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_interactive:  # such as TERM=dumb, which cannot draw over a line
        yield from items
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bars.enter_context(bar)  # removes the bar where the caller stops before the last item
    yield from bar.track(items, description=what)
    bar.stop()
