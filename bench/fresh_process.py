"""Fresh Python processes whose conditions do not depend on the shell that starts them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.synthesis import ROOT


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What a process took.

    Attributes:
        seconds: Wall time from its start to its end, the interpreter included.
        cpu_seconds: Time that it kept a processor busy, which other processes disturb less.
        peak_mebibytes: The most memory that it occupied at once (maximum resident set size).
        status: Its exit status.
        printed: What it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mebibytes: float
    status: int
    printed: str


class FreshProcess:
    """Starts Python with compiled bytecode, as an installed package has it, and without the CDK's validator.

    What the shell says of AWS does not reach the process.

    Args:
        folder: Where bytecode is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("AWS_")
        } | {
            "CDK_VALIDATION": "false",
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }

    def run(
        self, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> tuple[float, str]:
        """Run Python to its end.

        Args:
            arguments: Arguments of the Python interpreter.
            environment: Further environment variables.

        Returns:
            Wall time in seconds, and what it printed.

        Raises:
            CalledProcessError: If it fails.
        """
        started_at = time.perf_counter()
        process = subprocess.run(  # noqa: S603 -- the project's own modules
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self._environment, **(environment or {})},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return time.perf_counter() - started_at, process.stdout

    def measure(self, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Measured:
        """Run Python to its end, whatever its exit status is, and measure its memory too."""
        _, printed = self.run(["-m", "bench.measured_command", *arguments], environment=environment)
        return Measured(**json.loads(printed))
