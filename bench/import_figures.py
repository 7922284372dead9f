"""Import time of the model in a fresh interpreter."""

import json
import pkgutil
import statistics

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit
from patching_constructs import model

HEAVY_MODULES = ("aws_cdk", "boto3", "jsii", "pydantic")
_RUNS = 9
_LIMIT_SECONDS = 0.1
_PROGRAM = """
import sys, time
from importlib import import_module
before = time.perf_counter()
for name in sys.argv[1:]:
    import_module(name)
seconds = time.perf_counter() - before
import json
print(json.dumps({"seconds": seconds, "modules": list(sys.modules)}))
"""


def import_model(fresh: FreshProcess) -> tuple[float, list[str]]:
    """Import every module of the model.

    Returns:
        Seconds that it took, and those of `HEAVY_MODULES` that came with it.
    """
    names = [f"{model.__name__}.{module.name}" for module in pkgutil.iter_modules(model.__path__)]
    _, printed = fresh.run(["-c", _PROGRAM, *names])
    answer = json.loads(printed)
    return answer["seconds"], [name for name in HEAVY_MODULES if name in answer["modules"]]


def import_figures(fresh: FreshProcess) -> tuple[Table, list[Limit]]:
    """Measure several times."""
    _, heavy = import_model(fresh)  # compiles the bytecode
    seconds = [import_model(fresh)[0] for _ in range(_RUNS)]
    table = Table(
        "minimum", "median", "heavy modules", title=f"seconds to import the model, {_RUNS} fresh interpreters"
    )
    table.add_row(f"{min(seconds):.3f}", f"{statistics.median(seconds):.3f}", ", ".join(heavy) or "none")
    return table, [
        Limit(name="import of the model: seconds", measured=min(seconds), at_most=_LIMIT_SECONDS),
        Limit(name=f"import of the model: {', '.join(HEAVY_MODULES)}", measured=len(heavy), at_most=0),
    ]
