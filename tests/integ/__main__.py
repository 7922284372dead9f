"""The proof in a real account, with the caller's credentials: `make integ`."""

import argparse
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from tests.integ.answers import AnswerBook
from tests.integ.assumptions import observations
from tests.integ.aws_cloud import AwsCloud
from tests.integ.checks import Check
from tests.integ.cloud import Cloud, IntegError
from tests.integ.costs import CEILING, estimate, longest_run, total
from tests.integ.proof import Proof, Result, new_run_id, preflight
from tests.integ.sanitizer import Sanitizer
from tests.integ.stacks_under_test import NODES_STACK, RUN_TAG, SECURITY_STACK, Windows, synthesize
from tests.integ.state import State
from tests.integ.teardown import tear_down

ROOT = Path(__file__).parents[2]
STATE_FILE = ROOT / "build" / "integ" / "state.json"
FIXTURES = ROOT / "build" / "integ" / "answers"

PASSED, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: everything was shown; something was not, or is left; nothing was started; Ctrl-C."""

Show = Callable[[str], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How a run is started.

    Attributes:
        email: Who gets the mails of the alarms.
        confirm: Asks a question and returns whether the answer is yes.
        state_file: Where a run keeps what it has made.
        fixtures: Where the answers go.
        caller_names: What the fixtures must not name.
        longest: How long a run may take. Default: as long as the ceiling allows.
    """

    email: str
    confirm: Callable[[str], bool]
    state_file: Path = STATE_FILE
    fixtures: Path = FIXTURES
    caller_names: Sequence[str] = ()
    longest: timedelta | None = None


def prove(cloud: Cloud, options: Options, show: Show) -> int:
    """Ask, run, remove everything, and return the exit status."""
    if State.load(options.state_file) is not None:
        show("an earlier run has left something: remove it with `make integ ARGS=--clean`")
        return REFUSED
    try:
        preflight(cloud)
        longest = _asked(cloud, options, show)
        if longest is None:
            show("nothing was started")
            return REFUSED
    except IntegError as error:
        show(str(error))
        return REFUSED
    state = State(path=options.state_file, run_id=new_run_id(), account=cloud.account, region=cloud.region)
    state.save()
    show(f"run {state.run_id}: everything has the tag {RUN_TAG}={state.run_id}")
    names = [*options.caller_names, os.environ.get("AWS_PROFILE", "")]
    book = AnswerBook(options.fixtures, Sanitizer(account=cloud.account, names=names))
    status, result = FAILED, None
    with Interruption(show) as interruption:
        try:
            result = _run(cloud, options.email, longest, state, book, show)
            status = PASSED if all(check.passed for check in result.checks) else FAILED
        except IntegError as error:
            show(f"the run has failed: {error}")
        except Exception:  # an answer that our own readers do not take is what a run is there to find
            show(f"the run has failed: {traceback.format_exc()}")
        except KeyboardInterrupt:
            show("interrupted")
            status = INTERRUPTED
        finally:
            interruption.disarm()
            left = _remove(cloud, state, show)
    _write(cloud, book, options, show)
    if result is not None:
        _tell(result, show)
    return FAILED if left and status == PASSED else status


def clean(cloud: Cloud, options: Options, show: Show) -> int:
    """Remove what an earlier run has left."""
    state = State.load(options.state_file) or State(
        path=options.state_file, run_id="", account=cloud.account, region=cloud.region
    )
    if (state.account, state.region) != (cloud.account, cloud.region):
        show(f"the earlier run was in {state.account}/{state.region}: use its credentials and Region")
        return REFUSED
    question = f"Remove stacks {NODES_STACK} and {SECURITY_STACK}, what they retain, and the nodes"
    if not options.confirm(f"{question} in {cloud.account}/{cloud.region}?"):
        return REFUSED
    with Interruption(show) as interruption:
        interruption.disarm()
        return FAILED if _remove(cloud, state, show) else PASSED


def _asked(cloud: Cloud, options: Options, show: Show) -> timedelta | None:
    """Say what a run does and costs; return how long it may take, or None if the answer is no."""
    with tempfile.TemporaryDirectory() as folder:
        now = cloud.now().replace(microsecond=0)
        assembly = synthesize(
            Path(folder),
            account=cloud.account,
            region=cloud.region,
            email=options.email,
            run_id="estimate",
            windows=Windows(scan_at=now + timedelta(days=2), install_at=now + timedelta(days=3)),
        )
        longest = options.longest or longest_run(assembly, region=cloud.region)
        lines = estimate(assembly, region=cloud.region, time=longest)
    show(f"Account {cloud.account}, Region {cloud.region}. This will")
    show(f"  deploy the stacks {SECURITY_STACK} and {NODES_STACK} with the CDK CLI,")
    show("  launch one Amazon Linux 2023 and one Windows node, scan and patch them,")
    show("  and remove everything, also after a failure. KMS deletes keys after 7 more days, at no cost.")
    show(f"It takes about 2 hours, and is ended after {longest / timedelta(hours=1):g}.")
    show("Until then it costs at most, in USD, at list prices of us-east-1 (twice of them elsewhere):")
    for line in lines:
        show(f"  {line.amount:6.2f}  {line.what} ({line.source})")
    show(f"  {total(lines):6.2f}  in all; the ceiling is {CEILING:.2f}")
    if total(lines) > CEILING:
        message = f"the estimate of {total(lines):.2f} USD is above the ceiling of {CEILING:.2f} USD"
        raise IntegError(message)
    return longest if options.confirm(f"Start it in account {cloud.account}?") else None


def _run(cloud: Cloud, email: str, longest: timedelta, state: State, book: AnswerBook, show: Show) -> Result:
    with tempfile.TemporaryDirectory(prefix="patching-integ-") as folder:
        return Proof(
            cloud,
            state=state,
            folder=Path(folder),
            email=email,
            ends_at=cloud.now() + longest,
            book=book,
            show=show,
        ).run()


def _write(cloud: Cloud, book: AnswerBook, options: Options, show: Show) -> None:
    paths, leaks = book.write(region=cloud.region, at=cloud.now())
    show(f"{len(paths)} files with answers of AWS, without names and ids, are in {options.fixtures}")
    for path, found in leaks.items():
        show(f"{path.name} is not written: it would still have {', '.join(found)}")


def _remove(cloud: Cloud, state: State, show: Show) -> list[str]:
    show("removing everything")
    left = tear_down(cloud, state, show)
    if left:
        show("this is left; docs/guides/real-account.md says how to remove it by hand:")
        for line in left:
            show(f"  {line}")
    else:
        show("nothing is left")
        state.forget()
    return left


def _tell(result: Result, show: Show) -> None:
    for check in result.checks:
        show(_line(check))
    show("What this run says about docs/not-proven.md:")
    for slug, seen in observations(result).items():
        show(f"  {slug}: {seen}")


def _line(check: Check) -> str:
    return f"{'ok    ' if check.passed else 'FAILED'} {check.name}: {check.seen}"


class Interruption:
    """Turns the first Ctrl-C or SIGTERM into the end of the run, and keeps them from ending the removal."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._is_armed = True
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Listen to signals."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave signals to whoever had them before."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def disarm(self) -> None:
        """Interrupt no more."""
        self._is_armed = False

    def _interrupt(self, *_: object) -> None:
        if self._is_armed:
            self._is_armed = False
            raise KeyboardInterrupt
        self._show("still removing; Ctrl-\\ ends at once, and leaves the rest to `make integ ARGS=--clean`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Start from the command line."""
    parser = argparse.ArgumentParser(prog="make integ", description=__doc__)
    parser.add_argument("--region", help="the Region; by default that of the credentials")
    parser.add_argument("--subnet", help="subnet of the nodes; by default one of the default VPC")
    parser.add_argument("--email", default="patching-integ@example.com", help="who gets the mails of alarms")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--clean", action="store_true", help="only remove what an earlier run has left")
    options = parser.parse_args(arguments)

    def confirm(question: str) -> bool:
        if options.yes:
            return True
        return sys.stdin.isatty() and input(f"{question} [yes/no] ").strip().lower() == "yes"

    def show(line: str) -> None:
        print(line, flush=True)  # noqa: T201 - this is the program's output

    try:
        cloud = AwsCloud(region=options.region, subnet_id=options.subnet, show=show)
    except IntegError as error:
        show(str(error))
        return REFUSED
    settings = Options(
        email=options.email,
        confirm=confirm,
        caller_names=cloud.caller.partition(":")[2].split("/")[1:],
    )
    return (clean if options.clean else prove)(cloud, settings, show)


if __name__ == "__main__":
    sys.exit(main())
