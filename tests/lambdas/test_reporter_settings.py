"""What the reporter is reported survives its way as JSON."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.contracts.reporter_settings import (
    ReportedBaseline,
    ReportedGroup,
    ReportedRing,
    ReportedWindow,
    ReporterSettings,
)
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import RingTerms

texts = st.text(max_size=5)
hours = st.integers(1, 1000).map(lambda count: dt.timedelta(hours=count))
settings = st.builds(
    ReporterSettings,
    rollout=texts,
    account_name=texts,
    rings=st.lists(
        st.builds(
            ReportedRing,
            name=texts,
            order=st.integers(1, 9),
            production=st.booleans(),
            patch_groups=st.lists(st.builds(ReportedGroup, name=texts, tag_key=texts), max_size=2).map(tuple),
            windows=st.lists(st.builds(ReportedWindow, name=texts, installs=st.booleans()), max_size=2).map(
                tuple
            ),
            terms=st.builds(
                RingTerms,
                within=st.dictionaries(st.sampled_from(Severity), hours),
                reboot_within=hours,
                scanned_within=hours,
                runs=st.just(RingTerms().runs),
            ),
        ),
        max_size=3,
    ).map(tuple),
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


@given(settings)
def test_settings_come_back_as_they_were(reported: ReporterSettings) -> None:
    assert ReporterSettings.from_json(reported.to_json()) == reported


def test_the_same_settings_give_the_same_text() -> None:
    forwards = RingTerms(
        within={Severity.LOW: dt.timedelta(hours=2), Severity.HIGH: dt.timedelta(hours=1)},
    )
    backwards = RingTerms(within=dict(reversed(list(forwards.within.items()))))

    def text(terms: RingTerms) -> str:
        ring = ReportedRing(name="prod", order=1, patch_groups=(), terms=terms)
        return ReporterSettings(rollout="web", account_name="prod", rings=(ring,)).to_json()

    assert text(forwards) == text(backwards)
