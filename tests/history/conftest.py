"""Files of the history, written once."""

from pathlib import Path

import pytest

from local_aws.fleet.clock import clock, throttle
from local_aws.in_process import in_process
from tests.history.reports import write_reports


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    with in_process():
        write_reports(folder)
    clock.set(None)
    throttle.lift()
    return folder
