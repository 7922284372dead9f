import datetime as dt
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Annotations, Match, Template

from bench.jsii_requests import counted_jsii_requests
from patching_constructs import (
    ApprovalRule,
    AvailableSecurityUpdatesComplianceStatus,
    ComplianceLevel,
    FindingId,
    InvalidInputError,
    IPatchBaseline,
    OperatingSystem,
    PatchBaseline,
    PatchFilter,
    PatchSource,
    RejectedPatchesAction,
)
from patching_constructs.model.patch_baseline import PatchBaselineRecord

OS = OperatingSystem
RULE = ApprovalRule(patch_filters=[PatchFilter.product("*")], approve_after_days=7)


@pytest.fixture
def stack() -> cdk.Stack:
    env = cdk.Environment(account="111111111111", region="eu-west-1")
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=env)


def plain(scope: cdk.Stack, id: str = "Baseline", **options: Any) -> PatchBaseline:
    given = {
        "patch_baseline_name": "web-prod",
        "operating_system": OS.ROCKY_LINUX,
        "approval_rules": [RULE],
        **options,
    }
    return PatchBaseline(scope, id, **given)


def properties(stack: cdk.Stack) -> dict[str, Any]:
    resources = Template.from_stack(stack).find_resources("AWS::SSM::PatchBaseline")
    (resource,) = resources.values()
    found: dict[str, Any] = resource["Properties"]
    return found


def warnings(stack: cdk.Stack) -> list[str]:
    return [
        str(entry.entry.data) for entry in Annotations.from_stack(stack).find_warning("*", Match.any_value())
    ]


def test_minimal(stack: cdk.Stack, template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    plain(stack)
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert list(template["Resources"]) == ["Baseline013357C7"]


def full_linux(stack: cdk.Stack) -> PatchBaseline:
    return PatchBaseline(
        stack,
        "Linux",
        patch_baseline_name="web-prod-rhel",
        operating_system=OS.REDHAT_ENTERPRISE_LINUX,
        approval_rules=[
            ApprovalRule(
                patch_filters=[PatchFilter.classification("Security"), PatchFilter.severity("Critical")],
                approve_after_days=0,
                compliance_level=ComplianceLevel.CRITICAL,
            ),
            ApprovalRule(
                patch_filters=[PatchFilter.classification("Bugfix", "Enhancement")],
                approve_until_date=dt.date(2026, 9, 30),
                compliance_level=ComplianceLevel.LOW,
                enable_non_security=True,
            ),
        ],
        global_filters=[PatchFilter.product("RedhatEnterpriseLinux9.4")],
        approved_patches=["RHSA-2017:0864", "kernel*"],
        approved_patches_compliance_level=ComplianceLevel.HIGH,
        approved_patches_enable_non_security=True,
        rejected_patches=["docker-ce"],
        rejected_patches_action=RejectedPatchesAction.BLOCK,
        sources=[PatchSource(name="mirror", products=["*"], configuration="[main]\nname=Mirror")],
        patch_groups=["prod-web", "prod-db"],
        default_baseline=True,
        description="What production web servers get",
        tags={"team": "platform"},
    )


def test_full(stack: cdk.Stack, template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    full_linux(stack)
    PatchBaseline(
        stack,
        "Windows",
        patch_baseline_name="web-prod-windows",
        operating_system=OS.WINDOWS,
        approval_rules=[RULE],
        available_security_updates_compliance_status=AvailableSecurityUpdatesComplianceStatus.NON_COMPLIANT,
    )
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert list(template["Resources"]) == ["Linux492080F0", "Windows891EF9B0"]


def test_every_part_of_a_rule_reaches_the_template(stack: cdk.Stack) -> None:
    full_linux(stack)
    assert properties(stack)["ApprovalRules"] == {
        "PatchRules": [
            {
                "ApproveAfterDays": 0,
                "ComplianceLevel": "CRITICAL",
                "PatchFilterGroup": {
                    "PatchFilters": [
                        {"Key": "CLASSIFICATION", "Values": ["Security"]},
                        {"Key": "SEVERITY", "Values": ["Critical"]},
                    ]
                },
            },
            {
                "ApproveUntilDate": "2026-09-30",
                "ComplianceLevel": "LOW",
                "EnableNonSecurity": True,
                "PatchFilterGroup": {
                    "PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Bugfix", "Enhancement"]}]
                },
            },
        ]
    }


def test_every_property_of_the_resource_can_be_given(stack: cdk.Stack) -> None:
    full_linux(stack)
    windows_only = {"AvailableSecurityUpdatesComplianceStatus"}
    in_cloudformation = {
        name.replace("_", "").lower()
        for name in ssm.CfnPatchBaselineProps.__init__.__annotations__
        if name != "return"
    }
    given = {name.lower() for name in properties(stack).keys() | windows_only}
    assert given == in_cloudformation


def test_a_rule_without_filters_still_has_the_group_that_aws_requires(stack: cdk.Stack) -> None:
    plain(stack, approval_rules=[ApprovalRule(patch_filters=[], approve_after_days=1)])
    assert properties(stack)["ApprovalRules"]["PatchRules"][0]["PatchFilterGroup"] == {"PatchFilters": []}


def test_a_refused_baseline_says_its_path_and_everything_wrong_and_leaves_nothing_behind(
    stack: cdk.Stack,
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        plain(stack, patch_baseline_name="x", rejected_patches=["a b"], tags={"team": ""})
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["Patching/Baseline (PatchBaseline)", "patch_baseline_name"],
        ["Patching/Baseline (PatchBaseline)", "rejected_patches[0]"],
        ["Patching/Baseline (PatchBaseline)", "tags['team']"],
    ]
    assert stack.node.try_find_child("Baseline") is None
    plain(stack)


@pytest.mark.parametrize("name", ["x", "two words"])
def test_a_name_that_aws_refuses_is_named_with_what_is_allowed(stack: cdk.Stack, name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"got '{name}'; allowed: 3 to 128 letters, digits"):
        plain(stack, patch_baseline_name=name)


def test_tokens_pass_where_values_are_checked(stack: cdk.Stack) -> None:
    text = cdk.CfnParameter(stack, "Text").value_as_string
    number: Any = cdk.CfnParameter(stack, "Number", type="Number").value_as_number
    texts = cdk.CfnParameter(stack, "Texts", type="CommaDelimitedList").value_as_list
    baseline = plain(
        stack,
        patch_baseline_name=text,
        approval_rules=[
            ApprovalRule(patch_filters=[PatchFilter.severity(*texts)], approve_after_days=number)
        ],
        approved_patches=texts,
        description=text,
        patch_groups=[text],
        tags={"team": text},
    )
    assert baseline.patch_groups == (text,)
    found = properties(stack)
    assert found["Name"] == {"Ref": "Text"}
    assert found["PatchGroups"] == [{"Ref": "Text"}]
    assert found["ApprovedPatches"] == {"Ref": "Texts"}
    assert found["ApprovalRules"]["PatchRules"][0] == {
        "ApproveAfterDays": {"Ref": "Number"},
        "ComplianceLevel": "UNSPECIFIED",
        "PatchFilterGroup": {"PatchFilters": [{"Key": "SEVERITY", "Values": {"Ref": "Texts"}}]},
    }
    assert warnings(stack) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"operating_system": OS.UBUNTU},
            FindingId.APPROVAL_DELAY_ON_APT,
        ),
        (
            {"approval_rules": [ApprovalRule(patch_filters=[], approve_after_days=31)]},
            FindingId.CRITICAL_APPROVAL_DELAY,
        ),
        ({"approval_rules": [RULE, RULE]}, FindingId.SAME_PATCH_FILTERS),
        ({"operating_system": OS.AMAZON_LINUX}, FindingId.OPERATING_SYSTEM_END_OF_LIFE),
        ({"global_filters": [PatchFilter.product("RockyLinux3000")]}, FindingId.UNKNOWN_PRODUCT),
        ({"default_baseline": True}, FindingId.ACCOUNT_DEFAULT_BASELINE),
    ],
)
def test_what_is_a_warning_is_a_warning_that_can_be_acknowledged(
    stack: cdk.Stack, options: dict[str, Any], expected: FindingId
) -> None:
    plain(stack, **options)
    (warning,) = warnings(stack)
    assert f"[ack: patching-constructs::{expected}]" in warning


def test_a_sensible_baseline_has_no_warning(stack: cdk.Stack) -> None:
    plain(stack)
    assert warnings(stack) == []


def test_a_baseline_costs_two_jsii_requests_also_with_groups_and_tags(stack: cdk.Stack) -> None:
    plain(stack, "First", patch_groups=["first"])
    with counted_jsii_requests() as sent:
        plain(stack, "Second", patch_groups=["second"], tags={"team": "platform"})
    assert sent == ["CreateRequest", "CreateRequest"]


def test_registering_a_group_again_costs_no_jsii_request(stack: cdk.Stack) -> None:
    baseline = plain(stack, patch_groups=["prod-web"])
    with counted_jsii_requests() as sent:
        baseline.register_patch_group("prod-web")
    assert sent == []


def test_the_id_is_a_reference_that_is_read_once(stack: cdk.Stack) -> None:
    baseline = plain(stack)
    with counted_jsii_requests() as sent:
        ids = {baseline.patch_baseline_id for _ in range(3)}
    assert sent == ["GetRequest"]
    assert stack.resolve(ids.pop()) == {"Ref": "Baseline013357C7"}


def test_groups_can_be_registered_later(stack: cdk.Stack) -> None:
    baseline = plain(stack, patch_groups=["prod-web"])
    baseline.register_patch_group("prod-db")
    baseline.register_patch_group("prod-web")
    assert baseline.patch_groups == ("prod-web", "prod-db")
    assert baseline.record.patch_groups == ("prod-web", "prod-db")
    assert properties(stack)["PatchGroups"] == ["prod-web", "prod-db"]


def test_the_26th_group_is_refused_and_the_25_stay(stack: cdk.Stack) -> None:
    baseline = plain(stack, patch_groups=[f"group-{number}" for number in range(25)])
    with pytest.raises(InvalidInputError, match=r"^Patching/Baseline .*got 26; allowed: 0 to 25"):
        baseline.register_patch_group("one-too-many")
    assert len(baseline.patch_groups) == 25
    assert len(properties(stack)["PatchGroups"]) == 25


def test_a_group_name_that_aws_refuses_is_refused_later_too(stack: cdk.Stack) -> None:
    baseline = plain(stack)
    with pytest.raises(InvalidInputError, match="not a patch group name, got 'a,b'"):
        baseline.register_patch_group("a,b")


def test_its_record_is_what_the_rules_see(stack: cdk.Stack) -> None:
    baseline = plain(stack, default_baseline=False)
    assert baseline.record == PatchBaselineRecord(
        name="web-prod",
        operating_system="ROCKY_LINUX",
        approval_rules=(RULE.record,),
        default_baseline=False,
    )


READY_MADE: list[tuple[Callable[..., PatchBaseline], OperatingSystem | None, int]] = [
    (PatchBaseline.security_updates, OS.UBUNTU, 1),
    (PatchBaseline.critical_and_important_security_updates, OS.SUSE, 2),
    (PatchBaseline.security_and_bugfix_updates, OS.ORACLE_LINUX, 5),
    (PatchBaseline.all_updates, OS.MACOS, 1),
    (PatchBaseline.windows_desktop_updates, None, 6),
    (PatchBaseline.windows_and_microsoft_application_updates, None, 10),
]


@pytest.mark.parametrize(
    ("define", "system", "rule_count"), READY_MADE, ids=[row[0].__name__ for row in READY_MADE]
)
def test_ready_made_baselines_take_every_other_argument(
    stack: cdk.Stack, define: Callable[..., PatchBaseline], system: OperatingSystem | None, rule_count: int
) -> None:
    options = {} if system is None else {"operating_system": system}
    baseline = define(
        stack,
        "Baseline",
        patch_baseline_name="ready-made",
        approve_after_days=0,
        patch_groups=["prod"],
        description="Ready-made",
        **options,
    )
    found = properties(stack)
    assert baseline.operating_system is (system or OS.WINDOWS)
    assert (found["Description"], found["PatchGroups"]) == ("Ready-made", ["prod"])
    rules = found["ApprovalRules"]["PatchRules"]
    assert len(rules) == rule_count
    assert {rule["ApproveAfterDays"] for rule in rules} == {0}
    assert all(rule["ComplianceLevel"] != "UNSPECIFIED" for rule in rules)


def test_a_ready_made_baseline_that_the_system_cannot_have_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidInputError, match="got MACOS"):
        PatchBaseline.security_updates(
            stack, "Baseline", patch_baseline_name="mac", operating_system=OS.MACOS
        )


def test_the_aws_default_registers_nothing(stack: cdk.Stack) -> None:
    baseline: IPatchBaseline = PatchBaseline.aws_default(OS.DEBIAN)
    baseline.register_patch_group("prod-web")
    assert (baseline.operating_system, baseline.patch_baseline_id) == (OS.DEBIAN, None)
    assert baseline.accepts_patch_groups
    assert "Resources" not in Template.from_stack(stack).to_json()


def test_an_imported_baseline_has_its_id_and_defines_nothing(stack: cdk.Stack) -> None:
    baseline: IPatchBaseline = PatchBaseline.from_patch_baseline_id(
        stack, "Shared", patch_baseline_id="pb-0123456789abcdef0", operating_system=OS.WINDOWS
    )
    assert baseline.patch_baseline_id == "pb-0123456789abcdef0"
    assert baseline.operating_system is OS.WINDOWS
    assert not baseline.accepts_patch_groups
    assert "Resources" not in Template.from_stack(stack).to_json()


def test_an_imported_baseline_refuses_groups_because_cloudformation_does_not_own_it(stack: cdk.Stack) -> None:
    baseline = PatchBaseline.from_patch_baseline_id(
        stack, "Shared", patch_baseline_id="pb-0123456789abcdef0", operating_system=OS.WINDOWS
    )
    with pytest.raises(InvalidInputError, match=r"^Patching/Shared .*got 'prod-web'") as caught:
        baseline.register_patch_group("prod-web")
    assert caught.value.findings[0].id == FindingId.PATCH_GROUP_ON_IMPORTED_BASELINE


def test_an_imported_id_may_be_a_token(stack: cdk.Stack) -> None:
    token = cdk.Fn.import_value("baseline-id")
    baseline = PatchBaseline.from_patch_baseline_id(
        stack, "Shared", patch_baseline_id=token, operating_system=OS.UBUNTU
    )
    assert baseline.patch_baseline_id == token


@pytest.mark.parametrize("patch_baseline_id", ["", "pb-123", "pb 0123456789abcdef01"])
def test_an_id_that_is_none_is_refused(stack: cdk.Stack, patch_baseline_id: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^Patching/Shared .*an id such as pb-0123456789abcdef0"):
        PatchBaseline.from_patch_baseline_id(
            stack, "Shared", patch_baseline_id=patch_baseline_id, operating_system=OS.UBUNTU
        )


def test_an_arn_of_one_of_awss_baselines_is_an_id(stack: cdk.Stack) -> None:
    arn = "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-09ca3fb51f0412ec3"
    baseline = PatchBaseline.from_patch_baseline_id(
        stack, "Aws", patch_baseline_id=arn, operating_system=OS.WINDOWS
    )
    assert baseline.patch_baseline_id == arn
