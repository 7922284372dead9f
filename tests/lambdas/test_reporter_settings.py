"""What the reporter is reported survives its way as JSON."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.contracts.event_hub_settings import EventHubSettings
from patching_constructs.contracts.reporter_settings import ReportedBaseline, ReporterSettings
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.contracts.schema_version import SchemaVersionError
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.promises import Severity

texts = st.text(max_size=5)
hours = st.integers(1, 1000).map(lambda count: dt.timedelta(hours=count))
documents = st.builds(
    RingDocument,
    rollout=texts,
    rings=st.lists(
        st.builds(
            DeployedRing,
            name=texts,
            order=st.integers(1, 9),
            production=st.booleans(),
            patch_groups=st.lists(
                st.builds(DeployedGroup, name=texts, tag_key=texts, on_aws_default=st.booleans()), max_size=2
            ).map(tuple),
            windows=st.lists(st.builds(DeployedWindow, name=texts, installs=st.booleans()), max_size=2).map(
                tuple
            ),
            within=st.dictionaries(st.sampled_from(Severity), hours),
        ),
        max_size=3,
    ).map(tuple),
)
settings = st.builds(
    ReporterSettings,
    document=documents,
    reboot_within=hours,
    scanned_within=hours,
    exemptions=st.lists(
        st.builds(
            ExemptionRecord,
            owner=texts,
            reason=texts,
            ticket=texts,
            expires=st.dates(),
            nodes=texts,
            patches=texts,
            patch_groups=st.lists(texts, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    baselines=st.lists(
        st.builds(
            ReportedBaseline,
            name=texts,
            operating_system=texts,
            patch_groups=st.lists(texts, max_size=2).map(tuple),
            default=st.booleans(),
            definition=st.dictionaries(texts, st.lists(texts, max_size=2), max_size=2),
        ),
        max_size=2,
    ).map(tuple),
)


@given(documents)
def test_a_document_comes_back_as_it_was(document: RingDocument) -> None:
    assert RingDocument.from_json(document.to_json()) == document


@given(settings)
def test_settings_come_back_as_they_were(reported: ReporterSettings) -> None:
    assert ReporterSettings.from_json(reported.to_json(), reported.document) == reported


def test_the_same_rings_give_the_same_text() -> None:
    forwards = {Severity.LOW: dt.timedelta(hours=2), Severity.HIGH: dt.timedelta(hours=1)}
    backwards = dict(reversed(list(forwards.items())))

    def text(within: dict[Severity, dt.timedelta]) -> str:
        ring = DeployedRing(name="prod", order=1, within=within)
        return RingDocument(rollout="web", rings=(ring,)).to_json()

    assert text(forwards) == text(backwards)


DOCUMENT = RingDocument(rollout="web")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (DOCUMENT.to_json(), RingDocument.from_json),
        (
            ReporterSettings(document=DOCUMENT).to_json(),
            lambda text: ReporterSettings.from_json(text, DOCUMENT),
        ),
        (RingOwners().to_json(), RingOwners.from_json),
        (
            EventHubSettings(
                owners=RingOwners(), ops_items=frozenset(), quiet_period=dt.timedelta(hours=1), runbooks="x"
            ).to_json(),
            EventHubSettings.from_json,
        ),
    ],
    ids=["rings", "reporter", "owners", "hub"],
)
def test_settings_of_another_version_are_refused(text: str, read: Callable[[str], object]) -> None:
    read(text)
    data = json.loads(text)
    for changed in (
        data | {"schema-version": 99},
        {key: data[key] for key in data if key != "schema-version"},
    ):
        with pytest.raises(SchemaVersionError, match=r"\.json: expected schema-version 1, got (99|None)"):
            read(json.dumps(changed))
