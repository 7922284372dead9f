from pathlib import Path

from bench.fresh_process import FreshProcess
from bench.import_figures import HEAVY_MODULES, import_model


def test_the_model_loads_without_the_cdk_boto3_and_pydantic(tmp_path: Path) -> None:
    seconds, heavy = import_model(FreshProcess(tmp_path))
    assert seconds > 0
    assert heavy == []


def test_the_measure_sees_a_heavy_module(tmp_path: Path) -> None:
    fresh = FreshProcess(tmp_path)
    _, printed = fresh.run(["-c", "import pydantic, sys; print(*sys.modules)"])
    assert [name for name in HEAVY_MODULES if name in printed.split()] == ["pydantic"]
