"""Runs a module as `python -m` does, and fails if its calls break a service model.

For tests that start a program of this project: `python -m tests.conformance.models.watched_module demo`.
"""

import runpy
import sys

from tests.conformance.models.deviations import is_known
from tests.conformance.models.watch import Watch, watched

BROKEN = 70
"""Exit status of a program whose calls break a model."""


def main() -> int:
    """Run the module that the first argument names, with the rest as its arguments."""
    module = sys.argv.pop(1)
    with watched(Watch()) as watch:
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    unknown = [each for each in watch.take() if not is_known(each)]
    for each in unknown:
        print(each, file=sys.stderr)  # noqa: T201 - for the test that started it
    return BROKEN if unknown else status


if __name__ == "__main__":
    sys.exit(main())
