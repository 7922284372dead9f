import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchFilterRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import VOCABULARY, OtherValues
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.patch_vocabulary import check_filter_vocabulary

OS = OperatingSystem
EVERY_LEGAL_PAIR = [(system, key) for system in OS for key in VOCABULARY[system]]
EVERY_ILLEGAL_PAIR = [
    (system, key) for system in OS for key in PatchFilterKey if key not in VOCABULARY[system]
]
RED_HAT_LIKE = [OS.REDHAT_ENTERPRISE_LINUX, OS.CENTOS, OS.ORACLE_LINUX, OS.ROCKY_LINUX, OS.ALMA_LINUX]


def check(operating_system: OperatingSystem, key: str, *values: str) -> list[Finding]:
    return check_filter_vocabulary(
        PatchFilterRecord(key=key, values=values),
        operating_system,
        field="approval_rules[0].patch_filters[0]",
    )


@pytest.mark.parametrize(("operating_system", "key"), EVERY_LEGAL_PAIR)
def test_the_wildcard_alone_is_legal_for_every_key(operating_system: OS, key: str) -> None:
    assert check(operating_system, key, "*") == []


@pytest.mark.parametrize(("operating_system", "key"), EVERY_LEGAL_PAIR)
def test_every_listed_value_is_legal(operating_system: OS, key: PatchFilterKey) -> None:
    for value in VOCABULARY[operating_system][key].listed:
        assert check(operating_system, key, value) == []


@pytest.mark.parametrize(("operating_system", "key"), EVERY_ILLEGAL_PAIR)
def test_a_key_that_the_system_does_not_have_is_refused_with_the_legal_ones(
    operating_system: OS, key: str
) -> None:
    (finding,) = check(operating_system, key, "*")
    assert (finding.id, finding.level) == (FindingId.PATCH_FILTER_KEY, Level.ERROR)
    assert finding.allowed == ", ".join(VOCABULARY[operating_system])


@pytest.mark.parametrize(("operating_system", "key"), EVERY_LEGAL_PAIR)
def test_an_unlisted_value_is_an_error_a_warning_or_accepted_as_its_list_says(
    operating_system: OS, key: PatchFilterKey
) -> None:
    levels = [finding.level for finding in check(operating_system, key, "Nonsense")]
    assert (
        levels
        == {
            OtherValues.REFUSED: [Level.ERROR],
            OtherValues.UNDOCUMENTED: [Level.WARNING],
            OtherValues.ACCEPTED: [],
        }[VOCABULARY[operating_system][key].others]
    )


@pytest.mark.parametrize(
    ("operating_system", "key", "value", "hint"),
    [
        (OS.AMAZON_LINUX_2023, "CLASSIFICATION", "security", "Security"),
        (OS.WINDOWS, "CLASSIFICATION", "Security", "SecurityUpdates"),
        (OS.WINDOWS, "MSRC_SEVERITY", "CRITICAL", "Critical"),
        (OS.UBUNTU, "PRIORITY", "required", "Required"),
        (OS.SUSE, "SEVERITY", "Moderat", "Moderate"),
    ],
)
def test_a_value_that_is_nearly_right_gets_a_hint(
    operating_system: OS, key: str, value: str, hint: str
) -> None:
    (finding,) = check(operating_system, key, value)
    assert finding.level is Level.ERROR
    assert f"did you mean {hint!r}?" in str(finding)


def test_a_refused_value_is_answered_with_all_legal_ones() -> None:
    (finding,) = check(OS.AMAZON_LINUX_2, "SEVERITY", "Nonsense")
    assert finding.id == FindingId.PATCH_FILTER_VALUE
    assert finding.field == "approval_rules[0].patch_filters[0].values[0]"
    assert finding.allowed == "Critical, Important, Medium, Low, or * alone"


@pytest.mark.parametrize("operating_system", RED_HAT_LIKE)
def test_medium_on_red_hat_and_its_kin_is_a_warning_because_old_documentation_had_it(
    operating_system: OS,
) -> None:
    (finding,) = check(operating_system, "SEVERITY", "Medium")
    assert (finding.id, finding.level) == (FindingId.PATCH_FILTER_VALUE_UNDOCUMENTED, Level.WARNING)


def test_medium_on_suse_is_refused() -> None:
    assert [finding.level for finding in check(OS.SUSE, "SEVERITY", "Medium")] == [Level.ERROR]


@pytest.mark.parametrize("value", ["All", "admin", "libs"])
def test_a_section_is_not_looked_up(value: str) -> None:
    assert check(OS.UBUNTU, "SECTION", value) == []


@pytest.mark.parametrize(
    ("operating_system", "value"),
    [
        (OS.AMAZON_LINUX, "AmazonLinux2018.09"),
        (OS.MACOS, "Sequoia15.1"),
        (OS.WINDOWS, "WindowsServer2028"),
        (OS.RASPBIAN, "Raspbian12"),
    ],
)
def test_an_unknown_product_is_a_warning_with_a_stable_id(operating_system: OS, value: str) -> None:
    (finding,) = check(operating_system, "PRODUCT", value)
    assert (finding.id, finding.level) == ("unknown-product", Level.WARNING)
    # The AWS CLI rejects the command without the operating system.
    assert "`aws ssm describe-patch-properties --operating-system " in str(finding.allowed)


def test_a_classification_of_macos_that_is_not_documented_is_a_warning() -> None:
    (finding,) = check(OS.MACOS, "CLASSIFICATION", "Security")
    assert (finding.id, finding.level) == (FindingId.PATCH_FILTER_VALUE_UNDOCUMENTED, Level.WARNING)


def test_the_wildcard_in_company_is_a_warning() -> None:
    (finding,) = check(OS.AMAZON_LINUX_2023, "SEVERITY", "Critical", "*")
    assert (finding.level, finding.field[-9:]) == (Level.WARNING, "values[1]")


def test_values_that_are_known_later_are_undecided() -> None:
    later = Unknown("a parameter")
    one = PatchFilterRecord(key="SEVERITY", values=("Critical", later))
    assert [finding.undecided for finding in check_filter_vocabulary(one, OS.SUSE, field="f")] == [
        "a parameter"
    ]


@pytest.mark.parametrize(
    "patch_filter",
    [
        PatchFilterRecord(key=Unknown("a parameter"), values=("Critical",)),
        PatchFilterRecord(key="SEVERITY", values=Unknown("a parameter")),
        PatchFilterRecord(key="NOT_A_KEY", values=("Critical",)),
    ],
)
def test_what_the_shape_rules_report_already_is_not_reported_again(patch_filter: PatchFilterRecord) -> None:
    assert check_filter_vocabulary(patch_filter, OS.SUSE, field="f") == []
