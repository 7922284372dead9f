"""Runs a command that never outlives its caller."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_SECONDS_TO_END = 10


@contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str], directory: Path
) -> Iterator["subprocess.Popen[str]"]:
    """Run a command in a process group of its own, which ends with the context.

    A signal to the caller's group does not reach the command by itself: the caller decides, and everything
    that the command has started goes with it.

    Args:
        command: The program and its arguments.
        environment: Its environment variables.
        directory: Where it runs.

    Yields:
        The process; its standard output, with errors, is a pipe.
    """
    with subprocess.Popen(  # noqa: S603 - the project's own tools
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            yield process
            process.wait()
        finally:
            if process.poll() is None:
                _end_group(process)


def _end_group(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
