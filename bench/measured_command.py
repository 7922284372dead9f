"""Runs Python and reports what that took: `python -m bench.measured_command ARGUMENT...`.

Linux counts what the process that starts another one occupies towards the peak of that other one. So this one
has to stay small, which the rest of the benchmark does not.
"""

import json
import os
import subprocess
import sys
import time


def main(arguments: list[str]) -> None:
    """Run Python with the arguments to its end and print what it took, and what it printed, as JSON."""
    started_at = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None  # noqa: S101 -- it is a pipe
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    json.dump(
        {
            "seconds": time.perf_counter() - started_at,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_mebibytes": usage.ru_maxrss / 1024,
            "status": os.waitstatus_to_exitcode(status),
            "printed": printed,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
