"""What AWS's services, the agent and people ask for, each with the page that says so."""

from collections.abc import Sequence

from tests.conformance.iam.cases import dashboards, events, functions, messages, nodes, storage, windows
from tests.conformance.iam.cases.case import Case

_TOPICS = (windows, nodes, functions, events, messages, storage, dashboards)

ALLOWED: Sequence[Case] = [case for topic in _TOPICS for case in topic.ALLOWED]
DENIED: Sequence[Case] = [case for topic in _TOPICS for case in topic.DENIED]
