"""Baselines that others have published, as records: what works for them is no error here."""

import datetime as dt

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline
from patching_constructs.rules.baselines.patch_baseline_warnings import warn_about_patch_baseline

TODAY = dt.date(2026, 11, 23)
FOUR_GROUPS = ("Dev", "Test", "Prod", "Default")
TWO_GROUPS = ("TOPATCH", "TOSCAN")


def rule(
    level: str, days: int, non_security: bool | None = None, /, **filters: tuple[str, ...]
) -> PatchRuleRecord:
    return PatchRuleRecord(
        patch_filters=tuple(PatchFilterRecord(key=key, values=values) for key, values in filters.items()),
        approve_after_days=days,
        compliance_level=level,
        enable_non_security=non_security,
    )


def releases(prefix: str, *versions: str) -> tuple[str, ...]:
    return tuple(prefix + version for version in versions)


def warnings(record: PatchBaselineRecord) -> list[tuple[str, str]]:
    findings: list[Finding] = [*check_patch_baseline(record), *warn_about_patch_baseline(record, today=TODAY)]
    assert [str(finding) for finding in findings if finding.level is Level.ERROR] == []
    return [(finding.id, finding.received or "") for finding in findings if finding.level is Level.WARNING]


def six_oses(system: str, level: str, *rules: PatchRuleRecord) -> PatchBaselineRecord:
    return PatchBaselineRecord(
        name=f"ssmpbl-dev-patch-baseline-{system.lower()}",
        operating_system=system,
        patch_groups=TWO_GROUPS,
        default_baseline=True,
        approved_patches_compliance_level=level,
        approval_rules=rules,
    )


DEFAULT = ("account-default-baseline", "True")
OVER = "operating-system-end-of-life"
AMAZON_LINUX = releases(
    "AmazonLinux",
    *("2012.03", "2013.03", "2013.09", "2014.03", "2014.09", "2015.03", "2015.09", "2016.03", "2016.09"),
    *("2017.03", "2017.09"),
)

# https://github.com/jparnaudeau/terraform-aws-ssm-patch-management
SIX_OSES = [
    (
        six_oses(
            "AMAZON_LINUX",
            "HIGH",
            rule(
                "CRITICAL",
                7,
                False,
                PRODUCT=(*AMAZON_LINUX, "AmazonLinux2018.03"),
                CLASSIFICATION=("Security",),
                SEVERITY=("Critical",),
            ),
            rule(
                "MEDIUM",
                7,
                False,
                PRODUCT=(*AMAZON_LINUX, "AmazonLinux2018.09"),
                CLASSIFICATION=("Bugfix",),
                SEVERITY=("Critical",),
            ),
        ),
        [("unknown-product", "'AmazonLinux2018.09'"), (OVER, "AMAZON_LINUX"), DEFAULT],
    ),
    (
        six_oses(
            "AMAZON_LINUX_2",
            "HIGH",
            rule(
                "CRITICAL",
                7,
                False,
                PRODUCT=("AmazonLinux2", "AmazonLinux2.0"),
                CLASSIFICATION=("Security",),
                SEVERITY=("Critical",),
            ),
        ),
        [(OVER, "AMAZON_LINUX_2"), DEFAULT],
    ),
    (
        six_oses(
            "CENTOS",
            "HIGH",
            rule(
                "CRITICAL",
                7,
                True,
                PRODUCT=releases(
                    "CentOS",
                    *("6.10", "6.5", "6.6", "6.7", "6.8", "6.9", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5"),
                    *("7.6", "7.7", "7.8", "8", "8.0", "8.1"),
                ),
                CLASSIFICATION=("Security",),
                SEVERITY=("Critical",),
            ),
        ),
        [(OVER, "CENTOS"), DEFAULT],
    ),
    (
        six_oses(
            "DEBIAN",
            "CRITICAL",
            rule("CRITICAL", 7, False, PRODUCT=("Debian8", "Debian9"), PRIORITY=("Required", "Important")),
        ),
        [("approval-delay-on-apt", "7"), (OVER, "Debian8"), (OVER, "Debian9"), DEFAULT],
    ),
    (
        six_oses(
            "REDHAT_ENTERPRISE_LINUX",
            "CRITICAL",
            rule(
                "CRITICAL",
                7,
                False,
                PRODUCT=releases(
                    "RedhatEnterpriseLinux",
                    *("6.10", "6.5", "6.6", "6.7", "6.8", "6.9"),
                    *("7", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8"),
                    *("8", "8.0", "8.1", "8.2"),
                ),
                CLASSIFICATION=("Security",),
                SEVERITY=("Critical",),
            ),
        ),
        [
            (OVER, ", ".join(releases("RedhatEnterpriseLinux", "6.10", "6.5", "6.6", "6.7", "6.8", "6.9"))),
            (
                OVER,
                ", ".join(
                    releases(
                        "RedhatEnterpriseLinux",
                        *("7", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8"),
                    )
                ),
            ),
            DEFAULT,
        ],
    ),
    (
        six_oses(
            "WINDOWS",
            "HIGH",
            rule(
                "UNSPECIFIED",
                7,
                False,
                PRODUCT=("WindowsServer2016", "WindowsServer2012R2"),
                CLASSIFICATION=("CriticalUpdates", "SecurityUpdates"),
                MSRC_SEVERITY=("Critical", "Important"),
            ),
        ),
        [(OVER, "WindowsServer2012R2"), DEFAULT],
    ),
]


@pytest.mark.parametrize(
    ("record", "expected"), SIX_OSES, ids=[str(record.operating_system) for record, _ in SIX_OSES]
)
def test_six_oses_have_warnings_only(record: PatchBaselineRecord, expected: list[tuple[str, str]]) -> None:
    assert warnings(record) == expected


LINUX_RULE = rule("CRITICAL", 7, SEVERITY=("Critical", "Important"), CLASSIFICATION=("Bugfix", "Security"))

# https://github.com/aws-samples/self-service-patching-solution-for-multi-account-organisation
FOUR_OSES = [
    (
        PatchBaselineRecord(
            name="WindowsOS",
            operating_system="WINDOWS",
            patch_groups=FOUR_GROUPS,
            approval_rules=(
                rule(
                    "CRITICAL",
                    7,
                    MSRC_SEVERITY=("Critical", "Important"),
                    CLASSIFICATION=("SecurityUpdates", "CriticalUpdates"),
                    PRODUCT=releases("WindowsServer", "2012", "2012R2", "2016", "2019"),
                ),
            ),
        ),
        [(OVER, "WindowsServer2012"), (OVER, "WindowsServer2012R2")],
    ),
    (
        PatchBaselineRecord(
            name="LinuxOS",
            operating_system="AMAZON_LINUX_2",
            patch_groups=FOUR_GROUPS,
            approval_rules=(LINUX_RULE,),
        ),
        [(OVER, "AMAZON_LINUX_2")],
    ),
    (
        PatchBaselineRecord(
            name="RedHatLinuxOS",
            operating_system="REDHAT_ENTERPRISE_LINUX",
            patch_groups=FOUR_GROUPS,
            approval_rules=(LINUX_RULE,),
        ),
        [],
    ),
    (
        PatchBaselineRecord(
            name="UbuntuOS",
            operating_system="UBUNTU",
            patch_groups=FOUR_GROUPS,
            approval_rules=(
                rule("CRITICAL", 7, PRIORITY=("Required", "Important", "Standard"), SECTION=("All",)),
            ),
        ),
        [("approval-delay-on-apt", "7")],
    ),
]


@pytest.mark.parametrize(
    ("record", "expected"), FOUR_OSES, ids=[str(record.operating_system) for record, _ in FOUR_OSES]
)
def test_self_service_baselines_have_warnings_only(
    record: PatchBaselineRecord, expected: list[tuple[str, str]]
) -> None:
    assert warnings(record) == expected


def test_the_defaults_of_cloudposse_are_fine_but_for_the_age_of_the_system() -> None:
    # https://github.com/cloudposse/terraform-aws-ssm-patch-manager
    record = PatchBaselineRecord(
        name="eg-ue2-test-ssm-patch-AMAZON_LINUX_2",
        operating_system="AMAZON_LINUX_2",
        patch_groups=("TOPATCH", "TOSCAN"),
        approved_patches_compliance_level="HIGH",
        approval_rules=(
            rule(
                "HIGH",
                7,
                True,
                PRODUCT=("AmazonLinux2", "AmazonLinux2.0"),
                CLASSIFICATION=("Security", "Bugfix", "Recommended"),
                SEVERITY=("Critical", "Important", "Medium"),
            ),
        ),
    )
    assert warnings(record) == [(OVER, "AMAZON_LINUX_2")]


@pytest.mark.parametrize(("group", "days"), [("dev", 0), ("prod", 0), ("prod", 9)])
def test_the_baselines_of_hydrovis_are_fine_whatever_their_windows_do(group: str, days: int) -> None:
    # https://github.com/NOAA-OWP/hydrovis/issues/615
    record = PatchBaselineRecord(
        name=f"hydrovis-{group}",
        operating_system="AMAZON_LINUX_2023",
        patch_groups=(group,),
        approval_rules=(
            rule("CRITICAL", days, CLASSIFICATION=("Security",), SEVERITY=("Critical", "Important")),
        ),
    )
    assert warnings(record) == []
