"""Promises: how soon after its publication a patch is installed, by how severe the vulnerability is."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


class Severity(enum.StrEnum):
    """How severe a vulnerability is, in the words that promises use.

    Makers of operating systems have words of their own: `Important` is `HIGH`, `Moderate` is `MEDIUM`.
    """

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


PROMISE_HOURS = range(1, 3650 * 24 + 1)
"""Hours that can be promised: up to ten years, which is longer than any approval delay and wait."""

SEVERITY_WORDS: Mapping[str, Severity] = MappingProxyType(
    {
        "Critical": Severity.CRITICAL,
        "Important": Severity.HIGH,
        "Moderate": Severity.MEDIUM,
        "Medium": Severity.MEDIUM,
        "Low": Severity.LOW,
    }
)
"""Names that vendors of operating systems use for severities, and the severity that promises use.

https://www.microsoft.com/en-us/msrc/security-update-severity-rating-system
https://access.redhat.com/security/updates/classification
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """The longest promised time from publication to installation.

    `PROMISES` has those of public standards by their names; own numbers make a promise of one's own.

    Attributes:
        name: What it is called where it is chosen.
        within: Longest time by severity, whole hours up to 3,650 days; a severity that is missing is not
            promised.
        source: Address of the text that it is from. Default: none, as for own numbers.
        note: What a reader must know to apply it; no part of equality. Default: nothing.

    Example:
        >>> from datetime import timedelta
        >>> from patching_constructs import PROMISES, Promise, Severity
        >>> own = Promise(name="two weeks", within={Severity.CRITICAL: timedelta(days=14)})
        >>> own.longest(Severity.CRITICAL) < PROMISES["pci-dss-6.3.3"].longest(Severity.CRITICAL)
        True
    """

    name: str
    within: Mapping[Severity, timedelta] = field(hash=False)
    source: str | None = None
    note: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Keep the times from changing."""
        try:
            within = dict(self.within)
        except (TypeError, ValueError):
            message = f"within: a mapping of severities to times is needed, got {self.within!r}"
            raise TypeError(message) from None
        object.__setattr__(self, "within", MappingProxyType(within))

    def longest(self, severity: Severity | None) -> timedelta | None:
        """Return the longest time promised for `severity`, or None if nothing is.

        A patch of unknown severity (None) may fix any vulnerability, so the shortest time counts.
        """
        if severity is None:
            return min(self.within.values(), default=None)
        return self.within.get(severity)


_ESSENTIAL_EIGHT = (
    "https://www.cyber.gov.au/resources-business-and-government/essential-cybersecurity/essential-eight/"
    "essential-eight-maturity-model"
)
_BOD_22_01 = (
    "https://www.cisa.gov/news-events/directives/"
    "bod-22-01-reducing-significant-risk-known-exploited-vulnerabilities"
)
_BOD_26_04 = "https://www.cisa.gov/news-events/directives/bod-26-04-prioritizing-security-updates-based-risk"


def _days(*, critical: int, high: int, medium: int, low: int) -> Mapping[Severity, timedelta]:
    days = (critical, high, medium, low)
    return MappingProxyType(
        {severity: timedelta(days=count) for severity, count in zip(Severity, days, strict=True)}
    )


_ALL = (
    Promise(
        name="pci-dss-6.3.3",
        within=MappingProxyType({Severity.CRITICAL: timedelta(days=30)}),
        source="https://www.pcisecuritystandards.org/document_library/",
        note="PCI DSS 4.0.1 asks for critical vulnerabilities within one month of release, which its summary "
        "of changes calls 30 days; 4.0 had included high ones. All others follow one's own risk ranking",
    ),
    Promise(
        name="cisa-bod-22-01",
        within=_days(critical=14, high=14, medium=14, low=14),
        source=_BOD_22_01,
        note="within two weeks of being listed as known to be exploited, for CVE ids from 2021 on; "
        "revoked by BOD 26-04 on 2026-06-10",
    ),
    Promise(
        name="cisa-bod-26-04-three-days",
        within=_days(critical=3, high=3, medium=3, low=3),
        source=_BOD_26_04,
        note="the shortest of its terms: nodes that the public can reach, an exploit that is known, that can "
        "be automated and that gives total control",
    ),
    Promise(
        name="cisa-bod-26-04-two-weeks",
        within=_days(critical=14, high=14, medium=14, low=14),
        source=_BOD_26_04,
        note="the next of its terms: the exploit cannot be automated, or gives partial control",
    ),
    Promise(
        name="essential-eight-internet-facing",
        within=_days(critical=2, high=14, medium=14, low=14),
        source=_ESSENTIAL_EIGHT,
        note="operating systems of servers that face the internet, all maturity levels: 48 hours where the "
        "vendor says critical, or where a working exploit exists; else two weeks",
    ),
    Promise(
        name="essential-eight",
        within=_days(critical=30, high=30, medium=30, low=30),
        source=_ESSENTIAL_EIGHT,
        note="operating systems of servers that do not face the internet, maturity levels one and two: one "
        "month",
    ),
    Promise(
        name="essential-eight-maturity-three",
        within=_days(critical=2, high=30, medium=30, low=30),
        source=_ESSENTIAL_EIGHT,
        note="operating systems of servers that do not face the internet, maturity level three: 48 hours "
        "where the vendor says critical, or where a working exploit exists; else one month",
    ),
    Promise(
        name="cyber-essentials",
        within=MappingProxyType(dict.fromkeys((Severity.CRITICAL, Severity.HIGH), timedelta(days=14))),
        source="https://www.cyberessentials.ncsc.gov.uk/requirements-for-it-infrastructure",
        note="within 14 days of release where the vendor says critical or high risk, where CVSS 3 says 7 or "
        "more, or where no severity is published",
    ),
    Promise(
        name="fedramp-rev-5",
        within=_days(critical=30, high=30, medium=90, low=180),
        source="https://www.fedramp.gov/assets/resources/documents/"
        "CSP_Continuous_Monitoring_Performance_Management_Guide.pdf",
        note="continuous monitoring of Rev 5; FedRAMP 20x has terms of its own",
    ),
)

PROMISES: Mapping[str, Promise] = MappingProxyType({promise.name: promise for promise in _ALL})
"""Promises that public standards make, by name; as of 2026-11.

A month is taken as 30 days. Standards that count from the day on which a vulnerability is listed or detected
are taken to count from publication, which is the worst that can happen.
"""
