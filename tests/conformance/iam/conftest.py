"""One deployment and one run of the evaluator for all tests of policies."""

import pytest

from tests.conformance.iam.cases import ALLOWED, DENIED
from tests.conformance.iam.judged import Judged, judge


@pytest.fixture(scope="session")
def judged() -> Judged:
    return judge(allowed=ALLOWED, denied=DENIED)
