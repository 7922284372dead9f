"""The commands. Each imports what it needs when it runs, so that `--help` answers at once."""

import argparse
import contextlib
import gc
import io
import sys
from collections.abc import Iterator, Sequence

from patching_constructs._version import __version__
from patching_constructs.cli import check, evidence, explain, plan
from patching_constructs.cli.exit_status import ExitStatus


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: The command line without the name of the program. Default: that of the process.
    """
    parser = argparse.ArgumentParser(
        prog="patching", description="Check and plan how AWS nodes are patched, and prove the order of rings."
    )
    parser.add_argument("--version", action="version", version=f"patching {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check.add_command(commands)
    plan.add_command(commands)
    evidence.add_command(commands)
    explain.add_command(commands)
    options = parser.parse_args(arguments)
    # A terminal or pipe with another encoding must not fail on a name from a template.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _without_looking_for_cycles():
            status: ExitStatus = options.run(options)
        sys.stdout.flush()
    # `patching check ... | head` closes the pipe, which is no error worth a message.
    except BrokenPipeError:
        # Python would try to flush it once more at exit, and fail again.
        sys.stdout = None
        return ExitStatus.UNUSABLE_INPUT
    except Exception as error:  # a traceback does not help in a pipeline's log
        print(  # noqa: T201 - the command line speaks
            f"patching: internal error, please report it: {type(error).__name__}: {error}",
            file=sys.stderr,
        )
        return ExitStatus.UNUSABLE_INPUT
    return status


@contextlib.contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Disable the cyclic garbage collector: a command creates many objects, hardly any cycle, and ends.

    The search goes through all objects again and again, so it costs more for each stack the more there are.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
