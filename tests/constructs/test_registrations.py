from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from bench.jsii_requests import counted_jsii_requests
from patching_constructs import (
    FindingId,
    InvalidInputError,
    IPatchBaseline,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchGroupFleet,
)

OS = OperatingSystem
DEV = cdk.Environment(account="111111111111", region="eu-west-1")
PROD = cdk.Environment(account="222222222222", region="eu-west-1")
DEV_ELSEWHERE = cdk.Environment(account="111111111111", region="us-east-1")
NO_ACCOUNT = cdk.Environment(region="eu-west-1")


@pytest.fixture
def app() -> cdk.App:
    return cdk.App(analytics_reporting=False)


def define(scope: Construct, id: str, *groups: str, system: OS = OS.AMAZON_LINUX_2023) -> PatchBaseline:
    return PatchBaseline.security_updates(
        scope, id, patch_baseline_name="web", operating_system=system, patch_groups=groups
    )


def from_elsewhere(stack: cdk.Stack, *, imported: bool) -> IPatchBaseline:
    if not imported:
        return PatchBaseline.aws_default(OS.AMAZON_LINUX_2023)
    return PatchBaseline.from_patch_baseline_id(
        stack,
        "Imported",
        patch_baseline_id="pb-0123456789abcdef0",
        operating_system=OS.AMAZON_LINUX_2023,
    )


def fleet(scope: Construct, id: str, group: str, *baselines: IPatchBaseline) -> PatchGroupFleet:
    return PatchGroupFleet(
        scope, id, patch_group=PatchGroup(name=group), baselines=baselines, registered_elsewhere=True
    )


def test_one_group_on_two_baselines_of_a_stack_names_both_paths(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError) as caught:
        define(stack, "Second", "db", "web")
    (finding,) = caught.value.findings
    assert (finding.id, finding.field) == (FindingId.PATCH_GROUP_REGISTERED_TWICE, "patch_groups[1]")
    assert str(caught.value).startswith("Dev/Second (PatchBaseline): patch_groups[1]: Dev/First already has")
    assert stack.node.try_find_child("Second") is None


def test_a_group_has_one_baseline_for_each_operating_system(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    for system in OS:
        if system is not OS.MACOS:
            define(stack, system.value, "web", system=system)


def test_stacks_of_one_account_and_region_are_compared(app: cdk.App) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")
    with pytest.raises(InvalidInputError, match=r"^Two/Baseline .*One/Baseline already has this patch group"):
        define(cdk.Stack(app, "Two", env=DEV), "Baseline", "web")


def test_stages_of_one_app_are_compared(app: cdk.App) -> None:
    define(cdk.Stack(cdk.Stage(app, "Blue"), "Stack", env=DEV), "Baseline", "web")
    with pytest.raises(InvalidInputError, match="Blue/Stack/Baseline already has"):
        define(cdk.Stack(cdk.Stage(app, "Green"), "Stack", env=DEV), "Baseline", "web")


@pytest.mark.parametrize("other", [PROD, DEV_ELSEWHERE])
def test_other_accounts_and_regions_may_have_a_group_of_the_same_name(
    app: cdk.App, other: cdk.Environment
) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")
    define(cdk.Stack(app, "Two", env=other), "Baseline", "web")


@pytest.mark.parametrize("env", [None, NO_ACCOUNT])
def test_stacks_whose_environment_is_not_known_are_not_compared(
    app: cdk.App, env: cdk.Environment | None
) -> None:
    define(cdk.Stack(app, "One", env=env), "Baseline", "web")
    define(cdk.Stack(app, "Two", env=env), "Baseline", "web")


def test_within_one_stack_the_environment_need_not_be_known(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Anywhere")
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError, match="Anywhere/First already has"):
        define(stack, "Second", "web")


def test_other_scopes_of_a_stack_are_the_same_stack(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(Construct(stack, "Left"), "Baseline", "web")
    with pytest.raises(InvalidInputError, match="Dev/Left/Baseline already has"):
        define(Construct(stack, "Right"), "Baseline", "web")


def test_apps_are_not_compared() -> None:
    for _ in range(2):
        define(cdk.Stack(cdk.App(analytics_reporting=False), "Dev", env=DEV), "Baseline", "web")


def test_a_stack_without_an_app_is_compared_with_itself() -> None:
    stack = cdk.Stack()
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError, match="First already has"):
        define(stack, "Second", "web")


def test_a_group_that_is_registered_later_is_compared_in_both_directions(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    first, second = define(stack, "First", "web"), define(stack, "Second")
    with pytest.raises(InvalidInputError, match=r"^Dev/Second .*Dev/First already has"):
        second.register_patch_group("web")
    second.register_patch_group("db")
    with pytest.raises(InvalidInputError, match=r"^Dev/First .*Dev/Second already has"):
        first.register_patch_group("db")
    assert (first.patch_groups, second.patch_groups) == (("web",), ("db",))


@pytest.mark.parametrize("imported", [False, True])
def test_a_group_that_relies_on_a_baseline_from_elsewhere_cannot_have_one_of_its_own(
    app: cdk.App, imported: bool
) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    elsewhere = from_elsewhere(stack, imported=imported)
    fleet(stack, "Fleet", "web", elsewhere)
    fleet(stack, "SameGroup", "web", elsewhere)
    message = "Dev/Fleet already has this patch group for AMAZON_LINUX_2023"
    with pytest.raises(InvalidInputError, match=rf"^Dev/Own .*{message}"):
        define(stack, "Own", "web")
    own = define(stack, "Late")
    with pytest.raises(InvalidInputError, match=rf"^Dev/Late .*{message}"):
        own.register_patch_group("web")
    with pytest.raises(InvalidInputError, match=rf"^Dev/Second .*{message}.* for Dev/Late"):
        fleet(stack, "Second", "web", own)
    define(stack, "OtherSystem", "web", system=OS.UBUNTU)
    define(cdk.Stack(app, "Prod", env=PROD), "OtherAccount", "web")


@pytest.mark.parametrize("imported", [False, True])
def test_a_group_with_a_baseline_cannot_rely_on_another_from_elsewhere(app: cdk.App, imported: bool) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(stack, "Own", "web")
    with pytest.raises(
        InvalidInputError, match=r"^Dev/Fleet .*baselines\[0\]: Dev/Own already has"
    ) as caught:
        fleet(stack, "Fleet", "web", from_elsewhere(stack, imported=imported))
    assert [finding.id for finding in caught.value.findings] == [FindingId.PATCH_GROUP_REGISTERED_TWICE]


def test_the_default_and_an_imported_baseline_are_two(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    fleet(stack, "Fleet", "web", from_elsewhere(stack, imported=False))
    with pytest.raises(InvalidInputError, match=r"^Dev/Other .*Dev/Fleet already has"):
        fleet(stack, "Other", "web", from_elsewhere(stack, imported=True))


def test_a_refused_fleet_registers_its_group_on_none_of_its_baselines(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(stack, "Holder", "web", system=OS.UBUNTU)
    first, second = define(stack, "First"), define(stack, "Second", system=OS.UBUNTU)
    with pytest.raises(InvalidInputError, match=r"^Dev/Fleet .*baselines\[1\]: .*'web' for Dev/Second"):
        fleet(stack, "Fleet", "web", first, second)
    assert (first.patch_groups, second.patch_groups) == ((), ())


def test_a_refused_baseline_registers_nothing(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    with pytest.raises(InvalidInputError, match="a,b"):
        define(stack, "Refused", "web", "a,b")
    define(stack, "Accepted", "web")


def test_a_baseline_that_no_one_holds_still_has_its_group(app: cdk.App) -> None:
    def define_and_forget() -> None:
        define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")

    define_and_forget()
    with pytest.raises(InvalidInputError, match="One/Baseline already has"):
        define(cdk.Stack(app, "Two", env=DEV), "Baseline", "web")


def test_many_accounts_cost_one_request_each(app: cdk.App) -> None:
    stacks = [
        cdk.Stack(app, f"Stack{number}", env=cdk.Environment(account=f"{number:012}", region="eu-west-1"))
        for number in range(1, 6)
    ]
    groups = ("many-accounts-web", "many-accounts-db")
    define(stacks[0], "Baseline", *groups)
    costs: list[Any] = []
    for stack in stacks[1:]:
        with counted_jsii_requests() as sent:
            define(stack, "Baseline", *groups)
        costs.append(sorted(sent))
    first = ["CreateRequest", "CreateRequest", "GetRequest", "GetRequest"]
    assert costs == [first, *[["CreateRequest", "CreateRequest", "GetRequest"]] * 3]


def test_groups_that_no_other_stack_has_cost_no_request(app: cdk.App) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "only-in-one")
    stack = cdk.Stack(app, "Two", env=DEV)
    with counted_jsii_requests() as sent:
        define(stack, "Baseline", "only-in-two")
    assert sent == ["CreateRequest", "CreateRequest"]
